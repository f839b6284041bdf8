"""Detect changes of windows and recordings by digests of their values."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import numpy as np

from mpcl_core.interfaces.data import Recording, Signal, WindowSet
from mpcl_core.testing.failure import demand


def digests(value: WindowSet | Recording) -> dict[str, str]:
    """Compute a digest of each part of windows or of a recording.

    Args:
        value: the windows or the recording.

    Returns:
        Name of each part -> digest of its values.
    """
    found: dict[str, str] = {}
    for part in fields(value):
        content = getattr(value, part.name)
        if isinstance(content, dict):
            found |= {f"{part.name} of '{name}'": _digest(values) for name, values in content.items()}
        else:
            found[part.name] = _digest(content)
    return found


def digest(values: Iterator[Recording] | WindowSet) -> str:
    """Compute a digest of everything that a source loads.

    Args:
        values: recordings, or windows.

    Returns:
        The digest.
    """
    total = hashlib.sha256()
    for part in [values] if isinstance(values, WindowSet) else values:
        total.update(repr(sorted(digests(part).items())).encode())
    return total.hexdigest()


def _digest(value: Any) -> str:
    if isinstance(value, Signal):
        return "-".join([_digest(value.values), str(value.sfreq), str(value.start)])
    if isinstance(value, np.ndarray):
        values = np.ascontiguousarray(value)
        about = str((values.dtype.kind, values.shape)).encode()
        content = repr(values.tolist()).encode() if values.dtype.kind in "UO" else values.tobytes()
        return hashlib.sha256(about + content).hexdigest()
    return repr(value)


@contextmanager
def demand_unchanged(value: WindowSet | Recording, method: str) -> Iterator[None]:
    """Require that the block in which a component uses a value leaves it unchanged.

    Args:
        value: the windows or the recording.
        method: the method that uses it, for the message.

    Yields:
        Once, to run the block.

    Raises:
        ContractError: with the parts that were changed.
    """
    before = digests(value)
    yield
    after = digests(value)
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    demand(not changed, f"{method} changes its input: {', '.join(sorted(changed))}")
