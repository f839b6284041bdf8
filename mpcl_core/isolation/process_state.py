"""Protect the state of the process from plugins: none may change it when it is imported, built or used.

Changes would alter the results of other components in the same process, and only the engine seeds random numbers.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from mpcl_core.interfaces.errors import PluginError

Setting = tuple[Callable[[], Any], Callable[[Any], Any]]
"""Functions that read a setting and restore it."""


@cache
def _settings() -> Mapping[str, Setting]:
    """List the settings by name.

    Returns:
        Name -> how it is read and restored.
    """
    import torch  # when a plugin runs, not when results are read

    return {
        "torch's default dtype": (torch.get_default_dtype, torch.set_default_dtype),
        "torch's number of threads": (torch.get_num_threads, torch.set_num_threads),
        "torch's deterministic algorithms": (
            torch.get_deterministic_debug_mode,
            torch.set_deterministic_debug_mode,
        ),
        "torch's gradient mode": (torch.is_grad_enabled, torch.set_grad_enabled),
        "torch's seed": (torch.initial_seed, lambda seed: None),
    }


@contextmanager
def preserve_process_state(action: str, owner: str = "") -> Iterator[None]:
    """Run code of a plugin and restore the state of the process. Random numbers may be drawn.

    Args:
        action: the plugin and what it does, for the error.
        owner: the plugin as the registry names it.

    Raises:
        PluginError: a setting was changed, or a generator seeded. The state is restored first.
    """
    import torch

    settings = _settings()
    before = {name: read() for name, (read, _) in settings.items()}
    state_of_torch, seeded = torch.get_rng_state(), list[str]()
    try:
        with (
            _recorded(random, "seed", "random.seed() was called", seeded),
            _recorded(np.random, "seed", "numpy.random.seed() was called", seeded),
        ):
            yield
    finally:
        after = {name: read() for name, (read, _) in settings.items()}
        different = [name for name in after if after[name] != before[name]]
        changed = [f"{name} went from {before[name]} to {after[name]}" for name in different]
        for name in different:
            settings[name][1](before[name])
        if changed:
            torch.set_rng_state(state_of_torch)
    if changes := [*changed, *dict.fromkeys(seeded)]:
        raise PluginError(f"{action} changes the state of the whole process: {', '.join(changes)}", owner)


@contextmanager
def _recorded(module: Any, name: str, message: str, calls: list[str]) -> Iterator[None]:
    """Append a message to a list at each call of a module's function, which does nothing."""
    function = getattr(module, name)
    setattr(module, name, lambda *_, **__: calls.append(message))
    try:
        yield
    finally:
        setattr(module, name, function)
