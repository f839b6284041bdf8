"""``mpcl compare``."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mpcl_core.cli.run import cores
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.recipe.load import load
from mpcl_core.recipes import is_recipe

if TYPE_CHECKING:
    from mpcl_core.app import CheckedRecipe


def run(arguments: argparse.Namespace) -> int:
    """Show the variants of runs side by side, with tests that are paired by subject; 1 where a job failed.

    A recipe stands for its newest complete run, and is run first where there is none.
    """
    if arguments.json and arguments.latex:
        raise UsageError("--json and --latex are two answers; ask for one")
    from mpcl_core.evaluation.compare import compare

    folders, failed = _folders(arguments)
    results = compare(folders, arguments.metric, arguments.reference)
    if arguments.json:
        answer = {
            "metric": arguments.metric,
            "runs": list(map(str, folders)),
            "results": [result.as_json() for result in results],
        }
        sys.stdout.write(json.dumps(answer, indent=1) + "\n")
    elif arguments.latex:
        from mpcl_core.reporting.tables import as_latex

        sys.stdout.write(as_latex(results))
    else:
        from rich.console import Console

        from mpcl_core.reporting.tables import show

        show(results, Console())
    return 1 if failed else 0


def _folders(arguments: argparse.Namespace) -> tuple[list[Path], bool]:
    """The runs in the order in which they or their recipes were named, and whether a job of one run here failed."""
    named: Sequence[Path] = arguments.runs
    recipes = [path for path in named if is_recipe(path)]
    if not recipes:
        return list(named), False
    from mpcl_core import app

    checked = {path: app.check(load(path), arguments.plugins) for path in recipes}
    stood = {path: _stands_for(path, checked[path], arguments) for path in recipes}
    return [stood[path][0] if path in stood else path for path in named], any(failed for _, failed in stood.values())


def _stands_for(path: Path, checked: "CheckedRecipe", arguments: argparse.Namespace) -> tuple[Path, bool]:
    from rich.console import Console

    from mpcl_core import app
    from mpcl_core.runs.integrity import newest_complete_run

    console = Console(stderr=True)
    found = newest_complete_run(app.RUNS / checked.recipe.name, checked.text)
    if found is not None:
        changed = app.verify(checked, found, console)
        if not changed:
            console.print(f"{path}: {found} stands for it", highlight=False, markup=False, soft_wrap=True)
            return found, False
        line = f"{path}: {found} is not what it would run today ({changed[0]}), so it is run again"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    finished = app.run(checked, None, app.RunSettings(arguments.jobs or cores()), "cpu", console)
    for outcome in finished.failed:
        sys.stderr.write(f"Failed: {outcome.error}\n")
    return finished.folder, bool(finished.failed)
