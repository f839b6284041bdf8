"""Read the damaged files of a run, a cache and a recipe, as commands and the public API do."""

import io
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout

from support.fuzzing.world import World

Action = Callable[[World], str]
"""Reads damaged files, and returns ``refused``, ``answered`` or what is wrong."""


def command(*words: str) -> Action:
    """Return an action that runs a command; RUN, RECIPE and SPLIT stand for paths.

    Returns:
        The action.
    """

    def action(world: World) -> str:
        from mpcl_core.cli.main import main

        models = world.folder / "models"
        paths = {"MODELS": models, "RUN": world.run, "RECIPE": world.recipe, "SPLIT": world.split_recipe}
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main([str(paths.get(word, word)) for word in words])
        shown = out.getvalue() + err.getvalue()
        if "cannot go on" in shown or "MemoryError" in shown or "not enough memory" in shown:
            return f"wanted too much: {shown[-300:]}"
        if any(sign in shown for sign in "\x1b\x07\x9b"):
            return "printed a control character"
        if "Traceback" in shown:
            return f"printed a traceback: {shown[-300:]}"
        if code not in (0, 1, 2) or (code and not shown.strip()):
            return f"exit {code} without a message"
        return "refused" if code else "answered"

    action.__name__ = " ".join(words)
    return action


def tables(world: World) -> str:
    """Read every table of the run as the public API does.

    Returns:
        The outcome.
    """
    from mpcl_core.evaluation.run import open_run

    run = open_run(world.run)
    run.scores()
    run.summary()
    run.predictions()
    list(run.robustness)
    return "answered"


def files_of_run(world: World) -> str:
    """Check every file of the run by itself, which is quick.

    Returns:
        The outcome.
    """
    from mpcl_core.evaluation.run import open_run
    from mpcl_core.runs.finished_jobs import read_finished_job
    from mpcl_core.runs.integrity import find_file_problems

    run = open_run(world.run)
    problems = list(find_file_problems(run))
    for variant in run.manifest.variants:
        sound = [read_finished_job(job) is not None for job in run.begun_jobs(variant)]
        contents = [list(run.journals(variant)), run.costs(variant), run.weight_counts(variant), list(run.robustness)]
    run.audit()
    return "refused" if problems or not all(sound) or not contents else "answered"


def report(world: World) -> str:
    """Write the report of the run.

    Returns:
        The outcome.
    """
    from mpcl_core.evaluation.run import open_run
    from mpcl_core.reporting.report import write_report

    write_report(open_run(world.run))
    return "answered"


def figures(world: World) -> str:
    """Draw the figures of the run.

    Returns:
        The outcome.
    """
    from mpcl_core.evaluation.run import open_run
    from mpcl_core.reporting.figures import draw

    draw(open_run(world.run))
    return "answered"


def resume_training(world: World) -> str:
    """Load the checkpoint.

    Returns:
        The outcome.
    """
    from mpcl_core.runs.journal import Journal
    from mpcl_core.training.checkpoint import Checkpoint

    loaded = Checkpoint(world.checkpoint, Journal(world.folder / "job" / "metrics.jsonl")).load()
    return "refused" if loaded is None else "answered"


def read_cache(world: World) -> str:
    """Read the windows of the cache.

    Returns:
        The outcome.
    """
    from mpcl_core.data.cache.entry import DamagedFileError, read_entry

    (entry,) = (world.folder / "cache" / "rows").iterdir()
    try:
        read_entry(entry)
    except (DamagedFileError, OSError):
        return "refused"
    return "answered"


def load_state(world: World) -> str:
    """Load the fitted state of a component.

    Returns:
        The outcome.
    """
    from mpcl_core.toolkit.bounded_json import read_bytes
    from mpcl_core.toolkit.state_file import decode_state

    try:
        content = read_bytes(world.state, 2**20)
    except (OSError, ValueError):
        return "refused"
    decode_state(content)
    return "answered"


def hash_files(world: World) -> str:
    """Hash a file with the table of earlier hashes.

    Returns:
        The outcome.
    """
    world.hash_file()
    return "answered"


OF_RUN = (
    command("compare", "RUN"),
    command("compare", "RUN", "--json"),
    command("verify", "RUN"),
    command("run", "--resume", "RUN", "--jobs", "1"),
    command("audit", "RUN"),
    tables,
    report,
)
OF_CACHE = (command("cache", "ls"), command("cache", "why", "RECIPE"), command("check", "RECIPE"))
OF_RECIPE = (command("show", "RECIPE"), command("check", "RECIPE"), command("cache", "why", "RECIPE"))
