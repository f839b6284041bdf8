"""Write the files of a scaffold: all of them or none, without overwriting anything."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from mpcl_core.interfaces.errors import UsageError


def check_absent(paths: Iterable[Path]) -> None:
    """Raise an error if a path exists.

    Args:
        paths: the paths.

    Raises:
        UsageError: a path exists.
    """
    for path in paths:
        if path.exists() or path.is_symlink():
            raise UsageError(f"{path} exists and is not overwritten. Choose another name, or move it away.")


def write_all(files: Mapping[Path, str], folder: Path | None = None) -> None:
    """Write each text to its file.

    Args:
        files: path -> text.
        folder: a new folder to create for them; None if their folders exist.

    Raises:
        UsageError: a file exists already, or cannot be written.
    """
    check_absent(files if folder is None else [folder])
    written: list[Path] = []
    path = folder or Path()
    try:
        if folder is not None:
            folder.mkdir()
        for path, text in files.items():
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except BaseException as error:
        _remove(written, folder)
        if isinstance(error, OSError):
            raise UsageError(f"{path} cannot be written: {error.strerror}") from None
        raise


def _remove(written: list[Path], folder: Path | None) -> None:
    with suppress(OSError):
        for path in written:
            path.unlink()
        if folder is not None:
            folder.rmdir()
