"""Whether rows or a recording are still what they were, and a digest of them."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import numpy as np

from mpcl_core.interfaces.data import Recording, Signal, WindowSet
from mpcl_core.testing.failure import demand


def digests(value: WindowSet | Recording) -> dict[str, str]:
    """Name of each part -> a digest of its values."""
    found: dict[str, str] = {}
    for part in fields(value):
        content = getattr(value, part.name)
        if isinstance(content, dict):
            found |= {f"{part.name} of '{name}'": _digest(held) for name, held in content.items()}
        else:
            found[part.name] = _digest(content)
    return found


def digest(values: Iterator[Recording] | WindowSet) -> str:
    """Of everything that a source brings."""
    total = hashlib.sha256()
    for one in [values] if isinstance(values, WindowSet) else values:
        total.update(repr(sorted(digests(one).items())).encode())
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
def demand_untouched(value: WindowSet | Recording, who: str) -> Iterator[None]:
    """Inside, a component uses the value; afterwards it must be what it was.

    Raises:
        ContractError: naming what was changed.
    """
    before = digests(value)
    yield
    after = digests(value)
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    demand(not changed, f"{who} changes what it is given: {', '.join(sorted(changed))}")
