"""Writes the files of a scaffold: all of them or none, and over nothing."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from mpcl_core.interfaces.errors import UsageError


def check_absent(paths: Iterable[Path]) -> None:
    """That nothing of these names is there.

    Raises:
        UsageError: naming the first that is.
    """
    for path in paths:
        if path.exists() or path.is_symlink():
            raise UsageError(f"{path} exists, and nothing is overwritten. Choose another name, or move it away.")


def write_all(files: Mapping[Path, str], folder: Path | None = None) -> None:
    """Write each text to its file.

    Args:
        files: path -> text.
        folder: a new folder in which they are; none where they go into folders that exist.

    Raises:
        UsageError: something of the name is there already, or cannot be written.
    """
    check_absent(files if folder is None else [folder])
    made: list[Path] = []
    path = folder or Path()
    try:
        if folder is not None:
            folder.mkdir()
        for path, text in files.items():
            with path.open("x", encoding="utf-8") as file:
                made.append(path)
                file.write(text)
    except BaseException as error:
        _remove(made, folder)
        if isinstance(error, OSError):
            raise UsageError(f"{path} cannot be written: {error.strerror}") from None
        raise


def _remove(made: list[Path], folder: Path | None) -> None:
    with suppress(OSError):
        for path in made:
            path.unlink()
        if folder is not None:
            folder.rmdir()
