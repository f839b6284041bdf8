"""``mpcl verify``."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mpcl_core.interfaces.errors import UsageError, UserError
from mpcl_core.recipe.load import load
from mpcl_core.runs.folder import check_run_folder
from mpcl_core.runs.layout import RECIPE, final, is_partial

if TYPE_CHECKING:
    from mpcl_core.runs.manifest_diff import Difference


def run(arguments: argparse.Namespace) -> int:
    """Check a run against what is here now, and its folder against itself; 1 where something differs."""
    folder: Path = arguments.run
    check_run_folder(folder)
    if is_partial(folder):
        raise UsageError(f"{folder} is not complete: finish it with 'mpcl run --resume {final(folder)}'")
    from mpcl_core.evaluation.run import Run
    from mpcl_core.evaluation.verification import find_problems

    differences, fault = _differences(folder, arguments.plugins)
    problems = list(find_problems(Run(folder)))
    lines = [*map(str, differences), *([fault] if fault else []), *map(str, problems)]
    if arguments.json:
        answer = {
            "run": str(folder),
            "same": not lines,
            "differences": [{"what": found.subject, "then": found.then, "now": found.now} for found in differences],
            "fault": fault,
            "flaws": [{"file": problem.file, "what": problem.what} for problem in problems],
        }
        sys.stdout.write(json.dumps(answer, indent=1, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in lines or [f"{folder}: nothing differs"]))
    return 1 if lines else 0


def _differences(folder: Path, plugins: Sequence[Path]) -> tuple[Sequence["Difference"], str]:
    """What is not as it was; where that cannot be told, why."""
    from rich.console import Console

    from mpcl_core import app

    try:
        checked = app.check(load(folder / RECIPE), plugins)
        return app.verify(checked, folder, Console(stderr=True)), ""
    except UserError as error:
        return (), f"what would run today cannot be told: {error}"
