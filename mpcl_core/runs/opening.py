"""Opens the runs that a user named."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.layout import MANIFEST, RECIPE
from mpcl_core.runs.reader import Run


def opened(folders: Sequence[Path]) -> dict[str, Run]:
    """The runs by their recipes' names, or by their folders where those are not unique.

    Raises:
        UsageError: a folder is no run, or is named twice.
    """
    for folder in folders:
        check_run(folder)
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise UsageError("a run is named twice")
    runs = [Run(folder) for folder in folders]
    times = Counter(run.name for run in runs)
    return {run.name if times[run.name] == 1 else str(run.folder): run for run in runs}


def check_run(folder: Path) -> None:
    """Do nothing where a folder is that of a run.

    Raises:
        UsageError: it is not.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is no run folder: there is no such folder")
    for name in (MANIFEST, RECIPE):
        if not (folder / name).is_file():
            raise UsageError(f"{folder} is no run folder: it has no {name}")
