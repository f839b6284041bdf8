"""``mpcl run``."""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.recipe.load import load


def run(arguments: argparse.Namespace) -> int:
    """Run a recipe and print its tables; 1 where a job failed."""
    recipe = load(arguments.recipe, arguments.sets)
    from rich.console import Console

    from mpcl_core import app
    from mpcl_core.results.tables import show
    from mpcl_registry.discover import tracker

    trackers = {name: tracker(name) for name in arguments.track}
    plugins = [*arguments.plugins, *trackers.values()]
    checked = app.check(recipe, plugins)
    _require(trackers, checked.found.catalog.not_loaded)
    finished = app.run(
        checked,
        plugins,
        arguments.out,
        arguments.jobs or _cores(),
        arguments.device,
        arguments.fail_fast,
        Console(stderr=True),
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


def _require(trackers: Mapping[str, Path], not_loaded: Mapping[str, str]) -> None:
    """That every tracker that was asked for is there, before anything runs.

    Raises:
        UsageError: one is not.
    """
    for name, path in trackers.items():
        if reason := not_loaded.get(str(path)):
            hint = f" Install it: pip install 'mpcl[{name}]'" if reason.startswith("No module named") else ""
            raise UsageError(f"--track {name}: {reason}.{hint}")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
