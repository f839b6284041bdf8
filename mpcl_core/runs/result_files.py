"""Tell the files of runs from recordings, in folders that hold both."""

from pathlib import Path

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.layout import MANIFEST, RECIPE


def find_run(path: Path) -> Path | None:
    """Return the run folder that a path is, or lies in.

    Args:
        path: a file or folder.

    Returns:
        The run folder; None where there is none.
    """
    path = path.absolute()
    return next((folder for folder in (path, *path.parents) if _is_run(folder)), None)


def check_no_results(path: Path) -> None:
    """Raise an error where recordings are looked for in a run folder.

    Args:
        path: a file or folder.

    Raises:
        UsageError: it is a run folder, or lies in one.
    """
    if (run := find_run(path)) is not None:
        where = "is a run folder" if path.absolute() == run else f"lies in the run folder {run}"
        raise UsageError(f"{path} {where}, which holds results and no recordings")


def result_files(folder: Path) -> set[Path]:
    """Return the files of all runs in a folder and its folders.

    Args:
        folder: the folder.

    Returns:
        The files as absolute paths.
    """
    runs = [found.parent for found in folder.absolute().rglob(MANIFEST) if _is_run(found.parent)]
    return {file for run in runs for file in run.rglob("*")}


def _is_run(folder: Path) -> bool:
    return (folder / MANIFEST).is_file() and (folder / RECIPE).is_file()
