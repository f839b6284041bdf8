"""``mpcl run``."""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.recipe.load import load
from mpcl_core.runs.layout import JOB_LOG, MANIFEST, RECIPE, run_of_job

if TYPE_CHECKING:
    from mpcl_core.app import FinishedRun, RunSettings


def run(arguments: argparse.Namespace) -> int:
    """Run a recipe, or finish a run, and print its tables; 1 where a job failed."""
    finished = _resumed(arguments) if arguments.resume else _run(arguments)
    if arguments.json:
        rows = [row for result in finished.results for row in result.as_json()["rows"]]
        sys.stdout.write(json.dumps({"folder": str(finished.folder), "rows": rows}, indent=1) + "\n")
    else:
        _print(finished)
    for outcome in finished.failed:
        where = finished.folder / outcome.job.folder.relative_to(run_of_job(outcome.job.folder)) / JOB_LOG
        sys.stderr.write(f"Failed: {outcome.error}\n  See {where}\n")
    return 1 if finished.failed else 0


def _run(arguments: argparse.Namespace) -> "FinishedRun":
    if arguments.recipe is None:
        raise UsageError("name a recipe, or the run to finish: mpcl run RECIPE, or mpcl run --resume RUN")
    locked = _locked(arguments.recipe) if arguments.locked else None
    recipe = load(arguments.recipe, arguments.sets)
    from rich.console import Console

    from mpcl_core import app
    from mpcl_registry.discover import tracker

    trackers = {name: tracker(name) for name in arguments.track}
    checked = app.check(recipe, [*arguments.plugins, *trackers.values()])
    _require(trackers, checked.found.catalog.not_loaded)
    device = arguments.device or "cpu"
    return app.run(checked, arguments.out, _how(arguments), device, Console(stderr=True), locked)


def _resumed(arguments: argparse.Namespace) -> "FinishedRun":
    given = {"a recipe": arguments.recipe, "--set": arguments.sets, "--plugin": arguments.plugins}
    given |= {"--track": arguments.track, "--out": arguments.out, "--device": arguments.device}
    given |= {"--locked": arguments.locked}
    if said := [name for name, value in given.items() if value]:
        raise UsageError(f"--resume finishes a run as it was begun, so it goes without {', '.join(said)}")
    from rich.console import Console

    from mpcl_core import app

    return app.resume(arguments.resume, _how(arguments), Console(stderr=True))


def _how(arguments: argparse.Namespace) -> "RunSettings":
    from mpcl_core import app

    jobs = arguments.jobs or cores()
    return app.RunSettings(jobs, arguments.fail_fast, arguments.cohort, arguments.dask)


def _print(finished: "FinishedRun") -> None:
    from rich.console import Console

    from mpcl_core.reporting.tables import show

    console = Console()
    show(finished.results, console)
    console.print(f"Everything is in {finished.folder}", highlight=False, soft_wrap=True)


def _require(trackers: Mapping[str, Path], not_loaded: Mapping[str, str]) -> None:
    """That every tracker that was asked for is there, before anything runs.

    Raises:
        UsageError: one is not.
    """
    for name, path in trackers.items():
        if reason := not_loaded.get(str(path)):
            hint = f" Install it: pip install 'mpcl[{name}]'" if reason.startswith("No module named") else ""
            raise UsageError(f"--track {name}: {reason}.{hint}")


def _locked(recipe: Path) -> Path:
    if not (recipe.parent / MANIFEST).is_file():
        raise UsageError(f"--locked needs the lock beside the recipe, and {recipe} has none: name RUN/{RECIPE}")
    return recipe.parent


def cores() -> int:
    """RunSettings many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
