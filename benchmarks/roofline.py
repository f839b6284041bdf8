"""How far work on a GPU is from what it can do at most.

The limits are measured: products of two matrices of 8192 x 8192 in float32, and a copy of one in the GPU's memory.
Operations are those of products and convolutions, as torch.utils.flop_counter counts them. Bytes are what each
operation reads and writes, as if no cache helped.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

SIDE, TURNS = 8192, 15


class Traffic(TorchDispatchMode):
    """Counts the bytes of every operation's tensors on the GPU, read and written; a view moves none."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        given, made = _tensors((args, kwargs)), _tensors(result)
        changed = [tensor for tensor in given if func._schema.is_mutable]
        storages = {tensor.untyped_storage().data_ptr() for tensor in given}
        new = [tensor for tensor in made if tensor.untyped_storage().data_ptr() not in storages]
        if changed or new:
            self.bytes += sum(tensor.nbytes for tensor in (*given, *changed, *new))
        return result


def _tensors(tree: Any) -> list[torch.Tensor]:
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, torch.Tensor) and leaf.is_cuda]


def operations(run: Callable[[], object]) -> int:
    """Of the products and convolutions of a call."""
    with FlopCounterMode(display=False) as counter:
        run()
    return int(counter.get_total_flops())


def finished(run: Callable[[], object]) -> None:
    """Do it, and wait for the GPU."""
    run()
    torch.cuda.synchronize()


def seconds(run: Callable[[], object]) -> float:
    """Of a call, until the GPU has done it."""
    torch.cuda.synchronize()
    started = time.perf_counter()
    finished(run)
    return time.perf_counter() - started


@dataclass(frozen=True)
class Limits:
    """What a GPU can do at most.

    Args:
        operations: a second, in products of matrices.
        bytes: a second, read and written by a copy.
    """

    operations: float
    bytes: float

    @classmethod
    def measured(cls) -> "Limits":
        """Of this machine's."""
        A, B = (torch.randn(SIDE, SIDE, device="cuda") for _ in range(2))
        product, copy = (
            statistics.median(seconds(run) for _ in range(TURNS)) for run in (lambda: A @ B, lambda: A.copy_(B))
        )
        return cls(2 * SIDE**3 / product, 2 * A.nbytes / copy)

    def __str__(self) -> str:
        return f"at most {self.operations / 1e12:.1f} TFLOP/s in products, {self.bytes / 1e12:.2f} TB/s in copies"

    def reached(self, run: Callable[[], object], step: float, steps: int, products: int) -> str:
        """The kernels of a step, and what it reaches of the limits.

        Args:
            run: so many steps.
            step: the seconds of one, measured without a profiler.
            steps: how many.
            products: the operations of all.
        """
        with profile(activities=[ProfilerActivity.CUDA]) as seen:
            finished(run)
        events = [event for event in seen.key_averages() if event.device_time_total]
        busy = sum(event.self_device_time_total for event in events) / 1e6 / steps
        with Traffic() as traffic:
            run()
        return (
            f"{sum(event.count for event in events) / steps:.0f} kernels, GPU at work {busy / step:.0%} of the time; "
            f"{products / steps / step / self.operations:.2%} of the rate of products, "
            f"{traffic.bytes / steps / step / self.bytes:.2%} of the bandwidth"
        )
