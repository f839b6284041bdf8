"""Change one value of a file and leave the rest sound."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

VALUES = (
    None,
    True,
    0,
    -1,
    1e308,
    10**400,
    float("nan"),
    "",
    "x" * 10**4,
    "../../x",
    "\x1b]0;OWNED\x07",
    "=1+1",
    [],
    {},
    [3],
    {"a": None},
)
"""What takes the place of a value."""


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from _places(value[key])


def _changed_json(content: bytes, rng: np.random.Generator) -> bytes:
    value = json.loads(content)
    places = list(_places(value))
    holder, key = places[int(rng.integers(len(places)))]
    kind = rng.random()
    if kind < 0.25:
        del holder[key]
    elif kind < 0.35 and isinstance(holder, dict):
        holder[f"{key} "] = holder.pop(key)
    else:
        holder[key] = VALUES[int(rng.integers(len(VALUES)))]
    return json.dumps(value).encode()


def changed_value(content: bytes, suffix: str, rng: np.random.Generator) -> bytes:
    """Return content in which one value is missing or another one.

    Returns:
        The damaged content.
    """
    try:
        if suffix == ".json":
            return _changed_json(content, rng)
        if suffix == ".jsonl":
            lines = content.splitlines()
            number = int(rng.integers(len(lines)))
            lines[number] = _changed_json(lines[number], rng)
            return b"\n".join(lines) + b"\n"
        if suffix == ".npz":
            return _changed_archive(content, rng)
    except (ValueError, IndexError):
        pass
    words = content.split(b" ")
    words[int(rng.integers(len(words)))] = str(VALUES[int(rng.integers(len(VALUES)))]).encode()
    return b" ".join(words)


def _changed_archive(content: bytes, rng: np.random.Generator) -> bytes:
    arrays = dict(np.load(io.BytesIO(content)))
    name = sorted(arrays)[int(rng.integers(len(arrays)))]
    values = arrays[name]
    kind = int(rng.integers(10))
    changes: Sequence[Callable[[], Any]] = (
        lambda: values[::-1],
        lambda: values.T,
        lambda: values[:0],
        lambda: np.asarray(values, str),
        lambda: np.array([{}], object),
        lambda: np.zeros((2, 3, 4)),
        lambda: np.full(values.shape, np.nan),
        lambda: np.full(values.shape, 2**40),
        lambda: np.ones(values.shape, complex),
        lambda: None,
    )
    changed = changes[kind]()
    arrays = {key: value for key, value in {**arrays, name: changed}.items() if value is not None}
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()
