"""List the runs in a folder."""

from pathlib import Path

from mpcl_core.evaluation.overview import RunOverview, find_runs, summarise_run
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.interfaces.suggestions import describe_missing


def list_runs(folder: Path) -> list[RunOverview]:
    """Summarise the runs in a folder, the newest first.

    Args:
        folder: the folder; runs may lie at any depth below it.

    Returns:
        The overviews.

    Raises:
        UsageError: there is no such folder, or it holds no run.
    """
    require_folder(folder, "runs", "mpcl list runs DIR")
    runs = [summarise_run(path) for path in find_runs(folder)]
    if not runs:
        raise UsageError(f"{folder} holds no run")
    return sorted(runs, key=lambda found: (found.date, str(found.path)), reverse=True)


def require_folder(folder: Path, content: str, usage: str) -> None:
    """Require that a folder exists.

    Args:
        folder: the folder.
        content: what it should hold, for the message.
        usage: how the verb is called.

    Raises:
        UsageError: there is no such folder.
    """
    if not folder.exists():
        raise UsageError(describe_missing(folder, "folder"))
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder; name one that holds {content}: {usage}")
