"""Random states of one's own."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import torch


class RandomState:
    """What runs inside ``with state:`` draws from this state alone; behind it all generators are as they were before.

    It can be entered again and goes on where it was left.

    Args:
        entropy: what it starts from.
    """

    def __init__(self, *entropy: int) -> None:
        seed = int(np.random.SeedSequence(entropy).generate_state(1, np.uint64)[0] >> 1)
        gpus = range(torch.cuda.device_count() if torch.cuda.is_available() else 0)
        self._mine: dict[str, Any] = {
            "python": random.Random(seed).getstate(),
            "numpy": list(np.random.RandomState(seed % 2**32).get_state()),
            "torch": torch.Generator().manual_seed(seed).get_state(),
            "cuda": [torch.Generator(f"cuda:{i}").manual_seed(seed).get_state() for i in gpus],
        }

    def __enter__(self) -> "RandomState":
        self._outside = _state()
        _restore(self._mine)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._mine = _state()
        _restore(self._outside)

    def state_dict(self) -> dict[str, Any]:
        """Where it stands, as tensors and plain values."""
        return {
            **self._mine,
            "numpy": [torch.from_numpy(v) if isinstance(v, np.ndarray) else v for v in self._mine["numpy"]],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from where another one stood."""
        self._mine = {**state, "numpy": [v.numpy() if isinstance(v, torch.Tensor) else v for v in state["numpy"]]}


def _state() -> dict[str, Any]:
    return {
        "python": random.getstate(),
        "numpy": list(np.random.get_state()),  # noqa: NPY002
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def _restore(state: dict[str, Any]) -> None:
    random.setstate(state["python"])
    np.random.set_state(tuple(state["numpy"]))  # noqa: NPY002
    torch.set_rng_state(state["torch"])
    if state["cuda"]:
        torch.cuda.set_rng_state_all(state["cuda"])


@contextmanager
def deterministic(threads: int) -> Iterator[None]:
    """Inside, torch computes on so many CPU threads and with reproducible algorithms; what plugins change ends too.

    On a GPU that needs a setting of the environment, which stays: its library of products reads it once.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    here = Path.cwd()
    kept = torch.get_num_threads(), torch.get_deterministic_debug_mode(), torch.get_default_dtype()
    torch.set_num_threads(threads)
    torch.set_deterministic_debug_mode("warn")
    try:
        yield
    finally:
        torch.set_num_threads(kept[0])
        torch.set_deterministic_debug_mode(kept[1])
        torch.set_default_dtype(kept[2])
        os.chdir(here)
