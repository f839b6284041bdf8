"""Detect that a plugin replaces functions of numpy, torch or Python, or closes the standard streams, and undo it."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from operator import is_
from typing import Any

from mpcl_core.interfaces.errors import PluginError
from mpcl_core.interfaces.suggestions import list_names

LIBRARIES = (
    "builtins", "math", "random", "numpy", "numpy.linalg", "numpy.random", "torch", "torch.linalg", "torch.nn",
    "torch.nn.functional", "torch.optim",
)  # fmt: skip
"""The modules whose functions and classes nobody may replace."""
CLASSES = (("torch", "Tensor"), ("torch.nn", "Module"))
"""The classes whose methods nobody may replace."""
SETTINGS = ("torch.Storage",)
"""Names that functions of the libraries themselves set, such as `torch.set_default_dtype`."""
MOST_NAMES = 4
"""Changes that a message names."""
STREAMS = (0, 1, 2)
"""The file descriptors of the standard streams."""

Functions = Mapping[str, tuple[Any, Mapping[str, Any]]]


@contextmanager
def preserve_libraries(action: str, owner: str = "") -> Iterator[None]:
    """Run code of plugins, and undo what it changes in libraries that all components share.

    Args:
        action: the plugin and what it does, for the error.
        owner: the plugin as the registry names it.

    Raises:
        PluginError: it replaced functions or closed a standard stream; raised also in place of another error.
    """
    before, streams = _functions(), _open_streams()
    error: BaseException | None = None
    try:
        yield
    except GeneratorExit:
        _restore(before)
        raise
    except BaseException as raised:
        error = raised
    changes = [f"{name} was replaced" for name in _restore(before)]
    changes += [f"file descriptor {number} was closed" for number in _reopen(streams)]
    if changes:
        text = list_names(changes, MOST_NAMES)
        raise PluginError(f"{action} changes what all components share: {text}", owner) from error
    if error is not None:
        raise error


def _functions() -> Functions:
    """Return for each library and class what it holds now.

    Returns:
        Name -> the library or class, and a copy of its members.
    """
    modules = {name: sys.modules[name] for name in LIBRARIES if name in sys.modules}
    owners: dict[str, Any] = {**modules, **{f"{m}.{c}": getattr(modules[m], c) for m, c in CLASSES if m in modules}}
    return {name: (owner, vars(owner).copy()) for name, owner in owners.items()}


def _restore(before: Functions) -> list[str]:
    """Put back every function and class that was replaced.

    Returns:
        Their names.
    """
    replaced = []
    for name, (owner, members) in before.items():
        now = vars(owner)
        if len(now) == len(members) and all(map(is_, now.values(), members.values())):
            continue
        for member, value in members.items():
            if now.get(member) is value or not callable(value) or member.startswith("_"):
                continue
            if (full_name := f"{name}.{member}") not in SETTINGS:
                replaced.append(full_name)
                setattr(owner, member, value)
    return replaced


def _open_streams() -> list[int]:
    found = []
    for number in STREAMS:
        with suppress(OSError):
            os.fstat(number)
            found.append(number)
    return found


def _reopen(streams: list[int]) -> list[int]:
    """Open the null device in place of streams that were closed, so that no other file takes their number.

    Returns:
        The streams.
    """
    closed = sorted(set(streams) - set(_open_streams()))
    for number in closed:
        null = os.open(os.devnull, os.O_RDWR)
        if null != number:
            os.dup2(null, number)
            os.close(null)
    return closed
