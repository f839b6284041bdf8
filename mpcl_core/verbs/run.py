"""``mpcl run``."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.recipe.load import load


def run(arguments: argparse.Namespace) -> int:
    """Run a recipe and print its tables; 1 where a job failed."""
    locked = _locked(arguments.recipe) if arguments.locked else None
    recipe = load(arguments.recipe, arguments.sets)
    from rich.console import Console

    from mpcl_core import app
    from mpcl_core.results.tables import show

    checked = app.check(recipe, arguments.plugins)
    finished = app.run(
        checked,
        arguments.plugins,
        arguments.out,
        arguments.jobs or cores(),
        arguments.device,
        arguments.fail_fast,
        Console(stderr=True),
        locked,
    )
    if arguments.json:
        rows = [asdict(row) for result in finished.results for row in result.rows]
        sys.stdout.write(json.dumps({"folder": str(finished.folder), "rows": rows}, indent=1) + "\n")
    else:
        console = Console()
        show(finished.results, console)
        console.print(f"Everything is in {finished.folder}", highlight=False, soft_wrap=True)
    for outcome in finished.failed:
        where = finished.folder / outcome.job.folder.relative_to(outcome.job.folder.parents[3]) / "job.log"
        sys.stderr.write(f"Failed: {outcome.error}\n  See {where}\n")
    return 1 if finished.failed else 0


def _locked(recipe: Path) -> Path:
    if not (recipe.parent / "lock.json").is_file():
        raise UsageError(f"--locked needs the lock beside the recipe, and {recipe} has none: name RUN/recipe.yaml")
    return recipe.parent


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
