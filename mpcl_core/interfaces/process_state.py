"""What belongs to the whole process: no plugin may change it, neither when imported nor when built or used.

Other components of the same process would compute something else for it, and only the engine seeds anything.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from mpcl_core.interfaces.errors import PluginError

Setting = tuple[Callable[[], Any], Callable[[Any], Any]]
"""Reads a setting, and puts it back."""

SETTINGS: Mapping[str, Setting] = {
    "torch's default dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "torch's number of threads": (torch.get_num_threads, torch.set_num_threads),
    "torch's deterministic algorithms": (
        torch.get_deterministic_debug_mode,
        torch.set_deterministic_debug_mode,
    ),
    "torch's gradient mode": (torch.is_grad_enabled, torch.set_grad_enabled),
    "torch's seed": (torch.initial_seed, lambda kept: None),
}


@contextmanager
def unchanged(who: str, owner: str = "") -> Iterator[None]:
    """Inside, a plugin does something; afterwards the process is as it was. Random numbers may be drawn.

    Args:
        who: the plugin and what it does, for the error.
        owner: the plugin as the registry names it.

    Raises:
        PluginError: a setting was changed, or a generator seeded. It is put back first.
    """
    before = {name: read() for name, (read, _) in SETTINGS.items()}
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()  # noqa: NPY002
    seeded: list[str] = []
    try:
        with (
            _told(random, "seed", "random.seed() was called", seeded),
            _told(np.random, "seed", "numpy.random.seed() was called", seeded),
        ):
            yield
    finally:
        now = {name: read() for name, (read, _) in SETTINGS.items()}
        other = [name for name in now if now[name] != before[name]]
        changed = [f"{name} went from {before[name]} to {now[name]}" for name in other]
        for name in other:
            SETTINGS[name][1](before[name])
        if changed or seeded:
            random.setstate(states[0])
            np.random.set_state(states[1])  # noqa: NPY002
            torch.set_rng_state(states[2])
    if found := [*changed, *dict.fromkeys(seeded)]:
        raise PluginError(f"{who} changes what belongs to the whole process: {', '.join(found)}", owner)


@contextmanager
def _told(module: Any, name: str, news: str, told: list[str]) -> Iterator[None]:
    """Inside, a call of the module's function is told of."""
    function = getattr(module, name)

    def called(*arguments: Any) -> Any:
        told.append(news)
        return function(*arguments)

    setattr(module, name, called)
    try:
        yield
    finally:
        setattr(module, name, function)
