"""Isolate random draws and torch's settings, so that jobs in one process do not affect each other.

The reasons stand in ``docs/concepts/unusual.md``, "Guarded process state".
"""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import torch
from threadpoolctl import ThreadpoolController


class RandomState:
    """Hold the state of all random generators for one job, as a context.

    Code inside ``with state:`` draws from this state only; afterwards all generators are as they were before. The
    context can be entered again and continues where it was left.

    Args:
        entropy: the seeds of the state.
    """

    def __init__(self, *entropy: int) -> None:
        seed = int(np.random.SeedSequence(entropy).generate_state(1, np.uint64)[0] >> 1)
        gpus = range(torch.cuda.device_count() if torch.cuda.is_available() else 0)
        self._inside: dict[str, Any] = {
            "python": random.Random(seed).getstate(),
            "numpy": _numpy_state(seed % 2**32),
            "torch": torch.Generator().manual_seed(seed).get_state(),
            "cuda": [torch.Generator(f"cuda:{i}").manual_seed(seed).get_state() for i in gpus],
        }

    def __enter__(self) -> "RandomState":
        self._outside = _global_state()
        _set_global_state(self._inside)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inside = _global_state()
        _set_global_state(self._outside)

    def state_dict(self) -> dict[str, Any]:
        """Return the state as tensors and plain values, for a checkpoint.

        Returns:
            Generator name -> state.
        """
        return {
            **self._inside,
            "numpy": [torch.from_numpy(v) if isinstance(v, np.ndarray) else v for v in self._inside["numpy"]],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Load the state of another one, and continue from it.

        Args:
            state: as `state_dict` returned it.
        """
        loaded = {**state, "numpy": [v.numpy() if isinstance(v, torch.Tensor) else v for v in state["numpy"]]}
        random.Random().setstate(loaded["python"])  # each refuses a state that is none
        np.random.RandomState().set_state(tuple(loaded["numpy"]))
        torch.Generator().set_state(loaded["torch"])
        self._inside = {name: loaded[name] for name in ("python", "numpy", "torch", "cuda")}


def _numpy_state(seed: int) -> list[Any]:
    """Return the state of a seeded generator of numpy.

    Making a new generator takes thirty times as long as seeding one again.

    Returns:
        The state as `numpy.random.get_state` returns it.
    """
    _reseeded.seed(seed)
    return list(_reseeded.get_state())


_reseeded = np.random.RandomState()


def _global_state() -> dict[str, Any]:
    return {
        "python": random.getstate(),
        "numpy": list(np.random.get_state()),  # noqa: NPY002
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def _set_global_state(state: dict[str, Any]) -> None:
    random.setstate(state["python"])
    np.random.set_state(tuple(state["numpy"]))  # noqa: NPY002
    torch.set_rng_state(state["torch"])
    if state["cuda"]:
        torch.cuda.set_rng_state_all(state["cuda"])


@contextmanager
def deterministic(threads: int) -> Iterator[None]:
    """Make torch compute reproducibly inside, and undo afterwards what plugins changed in the process.

    Threads, debug mode, default type and working directory are restored. On a GPU reproducible products need an
    environment variable, which stays set, since cuBLAS reads it only once. The products of numpy use as many threads as
    torch: processes that run jobs side by side would otherwise use all cores each.

    Args:
        threads: CPU threads of torch and numpy.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    folder = Path.cwd()
    before = torch.get_num_threads(), torch.get_deterministic_debug_mode(), torch.get_default_dtype()
    torch.set_num_threads(threads)
    torch.set_deterministic_debug_mode("warn")
    try:
        with _numpy_libraries().limit(limits=threads, user_api="blas"):
            yield
    finally:
        torch.set_num_threads(before[0])
        torch.set_deterministic_debug_mode(before[1])
        torch.set_default_dtype(before[2])
        os.chdir(folder)


@cache
def _numpy_libraries() -> ThreadpoolController:
    """Find the libraries that compute products, once a process, since that takes milliseconds.

    Returns:
        What limits their threads.
    """
    return ThreadpoolController()
