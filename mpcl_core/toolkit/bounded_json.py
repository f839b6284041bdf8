"""Read JSON with bounds on its size and depth, so that a damaged file is an error like any other."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mpcl_core.toolkit.regular_files import regular

LARGEST_JSON = 2**26
"""Bytes of the largest JSON text that is read, where the caller does not state another bound."""

DEEPEST_JSON = 100
"""The number of objects and lists that may be nested: a resolved recipe has at most 50."""

Pairs = Callable[[list[tuple[str, Any]]], Any]


def parse_json(content: str | bytes, largest: int = LARGEST_JSON, pairs: Pairs | None = None) -> Any:
    """Parse a JSON text.

    Args:
        content: the text, in UTF-8 where it is bytes.
        largest: the number of characters or bytes that are allowed.
        pairs: makes the value of an object from its pairs of key and value; a dict where None.

    Returns:
        Its value.

    Raises:
        ValueError: the text is not JSON, too large, or nested too deep.

    Example:
        >>> parse_json('{"labels": ["joy", "fear"]}')
        {'labels': ['joy', 'fear']}
    """
    if len(content) > largest:
        raise ValueError(f"has more than {largest} bytes, which are too many")
    try:
        value = json.loads(content, object_pairs_hook=pairs)
    except RecursionError:
        raise ValueError(f"is nested more than {DEEPEST_JSON} deep") from None
    if _is_deeper(value, DEEPEST_JSON):
        raise ValueError(f"is nested more than {DEEPEST_JSON} deep")
    return value


def read_json(path: Path, largest: int = LARGEST_JSON, pairs: Pairs | None = None) -> Any:
    """Read a JSON file.

    Args:
        path: the file.
        largest: the number of bytes that are allowed.
        pairs: as for `parse_json`.

    Returns:
        Its value.

    Raises:
        OSError: the file is missing or cannot be read.
        ValueError: it is no regular file, or as `parse_json`.
    """
    return parse_json(read_bytes(path, largest), largest, pairs)


def read_json_object(path: Path, largest: int = LARGEST_JSON) -> dict[str, Any]:
    """Read a JSON file that holds an object.

    Args:
        path: the file.
        largest: the number of bytes that are allowed.

    Returns:
        Key -> value.

    Raises:
        OSError, ValueError: as `read_json`, or the file holds another value.
    """
    return _object(read_json(path, largest))


def read_json_lines(path: Path, largest: int = LARGEST_JSON) -> list[dict[str, Any]]:
    """Read a file with a JSON object on each line.

    Args:
        path: the file.
        largest: the number of bytes that are allowed.

    Returns:
        The objects; a last line without an end is read like the others.

    Raises:
        OSError, ValueError: as `read_json`, or a line holds another value.
    """
    return [_object(parse_json(line)) for line in read_bytes(path, largest).splitlines()]


def read_bytes(path: Path, largest: int) -> bytes:
    """Read a file of bounded size.

    Args:
        path: the file.
        largest: the number of bytes that are allowed.

    Returns:
        Its content.

    Raises:
        OSError: the file is missing or cannot be read.
        ValueError: it is no regular file, or larger.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     _ = (Path(folder) / "notes.txt").write_text("calm")
        ...     read_bytes(Path(folder) / "notes.txt", largest=100)
        b'calm'
    """
    with regular(path).open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > largest:
            raise ValueError(f"has {size} bytes, but at most {largest} are read")
        return file.read()


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"holds a value of type {type(value).__name__} where an object is expected")  # noqa: TRY004
    return value


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [child for each in level for child in _children(each) if isinstance(child, dict | list)]
        if not level:
            return False
    return True


def _children(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
