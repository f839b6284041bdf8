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
        torch.are_deterministic_algorithms_enabled,
        lambda kept: torch.use_deterministic_algorithms(kept, warn_only=True),
    ),
    "torch's gradient mode": (torch.is_grad_enabled, torch.set_grad_enabled),
    "torch's seed": (torch.initial_seed, lambda kept: None),
    "numpy's treatment of floating-point errors": (np.geterr, lambda kept: np.seterr(**kept)),
}


@contextmanager
def unchanged(who: str, owner: str = "", drawing: bool = True) -> Iterator[None]:
    """Inside, a plugin does something; afterwards the process is as it was.

    Args:
        who: the plugin and what it does, for the error.
        owner: the plugin as the registry names it.
        drawing: random numbers may be drawn inside; otherwise no generator may be touched.

    Raises:
        PluginError: a setting was changed, or a generator seeded. It is put back first.
    """
    before = {name: read() for name, (read, _) in SETTINGS.items()}
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()  # noqa: NPY002
    try:
        yield
    finally:
        changed = [f"{name} from {before[name]} to {now}" for name, now in _now().items() if now != before[name]]
        changed += [] if drawing else _drawn(states)
        for name, (_, put_back) in SETTINGS.items():
            put_back(before[name])
        if changed:
            random.setstate(states[0])
            np.random.set_state(states[1])  # noqa: NPY002
            torch.set_rng_state(states[2])
    if changed:
        raise PluginError(
            f"{who} changed {', '.join(changed)}, which belongs to the whole process. Leave it as it is.", owner
        )


def _now() -> dict[str, Any]:
    return {name: read() for name, (read, _) in SETTINGS.items()}


def _drawn(states: tuple[Any, Any, torch.Tensor]) -> list[str]:
    """The generators of Python and numpy that are not as they were."""
    found = ["the state of Python's random numbers"] if random.getstate() != states[0] else []
    before, now = states[1], np.random.get_state(legacy=True)  # noqa: NPY002
    same = np.array_equal(before[1], now[1]) and before[2:] == now[2:]  # type: ignore[index]
    return found if same else [*found, "the state of numpy's random numbers"]
