"""Refuse to read what is no regular file, such as a pipe into which nobody writes."""

from pathlib import Path


def regular(path: Path) -> Path:
    """Return the path of a file that can be opened without waiting.

    Args:
        path: the file.

    Returns:
        The same path; also where nothing lies there, so that opening it names the reason.

    Raises:
        ValueError: a folder, a pipe or a device lies there.

    Example:
        >>> regular(Path("nothing.txt")).name
        'nothing.txt'
    """
    if path.exists() and not path.is_file():
        raise ValueError("is not a regular file")
    return path
