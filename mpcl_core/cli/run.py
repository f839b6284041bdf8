"""Train and test every variant, seed and fold of a recipe: ``mpcl run``."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mpcl_core.cli.options import (
    add_device,
    add_jobs,
    add_json,
    add_no_figures,
    add_no_plugins,
    add_recipe,
    cohort,
    limit,
    shard,
    write_json,
)
from mpcl_core.toolkit.printable import printable

if TYPE_CHECKING:
    from mpcl_core.app.running.finished_run import FinishedRun
    from mpcl_core.app.running.settings import RunSettings

HELP = "train and test every variant, seed and fold of a recipe"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    add_recipe(parser, optional=True)
    add_no_plugins(parser)
    parser.add_argument("--resume", type=Path, metavar="RUN", help="run the missing jobs of an interrupted run")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run folder (default runs/NAME/TIME-HASH)")
    add_jobs(parser)
    parser.add_argument(
        "--cohort",
        type=cohort,
        default=1,
        metavar="auto|off|N",
        help="train N jobs of a variant as one batched model; auto measures whether that is quicker "
        "(default off: one by one)",
    )
    parser.add_argument(
        "--shard",
        type=shard,
        metavar="I/N",
        help="run the I-th of N parts of the jobs in the folder --out, which any number of processes share; "
        "the last one to end writes the tables",
    )
    parser.add_argument("--dask", metavar="ADDRESS", help="run the jobs on the workers of this dask scheduler")
    add_device(parser)
    parser.add_argument(
        "--locked",
        action="store_true",
        help="repeat a run from RUN/recipe.yaml; stop if code, versions, data or folds differ from that run",
    )
    parser.add_argument(
        "--job-timeout", type=limit, metavar="SECONDS", help="end a job that takes longer; it counts as failed"
    )
    parser.add_argument(
        "--job-memory",
        type=limit,
        metavar="MIB",
        help="memory that a job may allocate beside what its process needs; a job that needs more fails",
    )
    parser.add_argument("--fail-fast", action="store_true", help="stop at the first job that fails")
    add_no_figures(parser)
    parser.add_argument(
        "--track",
        action="append",
        default=[],
        choices=("jsonl", "mlflow", "tensorboard"),
        help="also send the progress of the jobs to this tracker",
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run a recipe, or resume a run, and print its tables.

    Returns:
        1 where a job failed, else 0.

    Raises:
        UsageError: the options exclude each other, or name something that does not exist.
        RecipeError: the recipe has faults.
        DataError: the data are not what they should be.
    """
    finished = _resume(arguments) if arguments.resume else _run(arguments)
    if arguments.json:
        rows = [row for result in finished.results for row in result.as_json()["rows"]]
        write_json({"folder": str(finished.folder), "rows": rows, "left": finished.left})
    elif finished.left:
        _print_shard(finished)
    else:
        _print(finished)
    for outcome in finished.failed:
        sys.stderr.write(printable(f"Failed: {outcome.error}\n  See {finished.log_of(outcome)}\n"))
    return 1 if finished.failed else 0


def _run(arguments: argparse.Namespace) -> "FinishedRun":
    from mpcl_core.interfaces.errors import UsageError
    from mpcl_core.recipe.load import load

    if arguments.recipe is None:
        raise UsageError("name a recipe, or the run to resume: mpcl run RECIPE, or mpcl run --resume RUN")
    if arguments.shard and arguments.out is None:
        raise UsageError("--shard needs --out RUN: the run folder that all shards share")
    recipe = load(arguments.recipe, arguments.sets)
    from mpcl_core.app.inspection.checking import check
    from mpcl_core.app.running.running import repeated_run, run
    from mpcl_core.app.running.trackers import check_trackers, tracker_files
    from mpcl_core.cli.messages import plugin_consent, terminal_display

    repeated = repeated_run(Path(arguments.recipe)) if arguments.locked else None
    trackers = tracker_files(arguments.track)
    consent = plugin_consent(arguments).trust_runs()
    checked = check(recipe, [*arguments.plugins, *trackers.values()], consent)
    check_trackers(trackers, checked)
    return run(checked, arguments.out, _settings(arguments), terminal_display(), repeated)


def _resume(arguments: argparse.Namespace) -> "FinishedRun":
    from mpcl_core.interfaces.errors import UsageError

    excluded = {
        "a recipe": arguments.recipe,
        "--set": arguments.sets,
        "--plugin": arguments.plugins,
        "--track": arguments.track,
        "--out": arguments.out,
        "--device": arguments.device,
        "--locked": arguments.locked,
    }
    if stated := [name for name, value in excluded.items() if value]:
        raise UsageError(f"--resume continues a run as it was started, so it excludes {', '.join(stated)}")
    from mpcl_core.app.running.running import resume
    from mpcl_core.cli.messages import plugin_consent, terminal_display

    return resume(arguments.resume, _settings(arguments), terminal_display(), plugin_consent(arguments).trust_runs())


def _settings(arguments: argparse.Namespace) -> "RunSettings":
    from mpcl_core.app.running.settings import RunSettings
    from mpcl_core.jobs.limits import JobLimits
    from mpcl_core.runs.shard import WHOLE

    device = arguments.device or "auto"
    return RunSettings(
        arguments.jobs,
        device,
        fail_fast=arguments.fail_fast,
        cohort=arguments.cohort,
        dask=arguments.dask,
        figures=not arguments.no_figures,
        limits=JobLimits(arguments.job_timeout, arguments.job_memory),
        shard=arguments.shard or WHOLE,
    )


def _print_shard(finished: "FinishedRun") -> None:
    from mpcl_core.cli.messages import SafeConsole

    ran = f"{finished.done} jobs of this shard are done" + f", {len(finished.failed)} failed" * bool(finished.failed)
    SafeConsole().print(
        f"{ran}; {finished.left} jobs of {finished.folder} are left for other shards. The last shard to end writes the "
        f"tables; so does: mpcl run --resume {finished.folder}",
        soft_wrap=True,
    )


def _print(finished: "FinishedRun") -> None:
    from mpcl_core.cli.messages import SafeConsole
    from mpcl_core.reporting.tables import show
    from mpcl_core.runs.layout import REPORT

    console = SafeConsole()
    show(finished.results, console)
    console.print(f"Report: {finished.folder / REPORT}", soft_wrap=True)
    console.print(f"Everything is in {finished.folder}", soft_wrap=True)
    if finished.digest:
        console.print(f"Digest for mpcl verify --digest: {finished.digest}", soft_wrap=True)
