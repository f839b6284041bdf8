"""Look into composed parameters: lists, sets, mappings, named tuples, dataclasses and pydantic models."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path, PurePath
from typing import Any

from pydantic import BaseModel

from mpcl_core.interfaces.parameter_check import PLAIN_TYPES


def parts(value: object) -> dict[Any, Any] | None:
    """Return the parts of a composed value.

    Args:
        value: a parameter.

    Returns:
        Key, field or index -> part; none for a plain value; None for a value of a type that cannot be looked into.
    """
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple) and (names := getattr(value, "_fields", None)):
        return dict(zip(names, value, strict=True))
    if isinstance(value, list | tuple | set | frozenset | deque):
        return dict(enumerate(value))
    if isinstance(value, BaseModel):
        return dict(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value) if hasattr(value, field.name)}
    return {} if isinstance(value, PLAIN_TYPES) else None


def paths_in(value: object) -> Iterator[Path]:
    """Yield the paths in a value and in its parts, also those that are keys.

    Args:
        value: a parameter.

    Yields:
        The paths.
    """
    if isinstance(value, PurePath):
        yield Path(value)
    for key, part in (parts(value) or {}).items():
        yield from paths_in(key)
        yield from paths_in(part)
