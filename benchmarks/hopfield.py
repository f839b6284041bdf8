"""hopfield against a plain softmax of products, and without gradients against scaled_dot_product_attention.

All give normalise(softmax(β q̂ Ŝᵀ) Ŝ); that they agree is checked. With gradients: forward + backward against the three
products written in a line. Without: 256 queries of 10,000 rows against attention on (q, d) rows as they are and on
(1, 1, q, d), for which torch has a fused kernel, the one that hopfield calls. The two matrix products alone, without
softmax or normalisation, stand beside it: nothing in float32 can be faster. Extra memory is what a fresh process grows
by at its highest in its first such call. One thread.

Aims: <= 1.15 with gradients; without, <= 0.65 against attention on (q, d) and <= 50 MiB.
Run: python benchmarks/hopfield.py
"""

from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from mpcl_core.toolkit.masking import normalise
from mpcl_plugins.retrievals.hopfield import Hopfield
from pairs import ratio

BETA = 8.0
SIZES = ((128, 128, 128), (256, 128, 64), (256, 10, 128), (256, 10_000, 64))
"""queries, stored rows, d."""


def written_out(query: Tensor, stored: Tensor) -> Tensor:
    patterns = normalise(stored)
    return normalise((BETA * normalise(query) @ patterns.T).softmax(-1) @ patterns)


def attention(query: Tensor, stored: Tensor) -> Tensor:
    patterns = normalise(stored)
    return normalise(scaled_dot_product_attention(normalise(query), patterns, patterns, scale=BETA))


def fused(query: Tensor, stored: Tensor) -> Tensor:
    return attention(query[None, None], stored[None, None])[0, 0]


def repeated(call: Callable[[], object], times: int) -> Callable[[], None]:
    def calls() -> None:
        for _ in range(times):
            call()

    return calls


def with_gradients(q: int, s: int, d: int) -> None:
    torch.manual_seed(0)
    query, stored = torch.randn(q, d, requires_grad=True), torch.randn(s, d, requires_grad=True)
    retrieval, gradient = Hopfield(dim=d, beta=BETA), torch.randn(q, d)
    torch.testing.assert_close(retrieval(query, stored), written_out(query, stored), atol=1e-5, rtol=1e-5)
    times = max(1, 2_000_000 // (q * s))
    found = ratio(
        repeated(lambda: torch.autograd.backward(retrieval(query, stored), gradient), times),
        repeated(lambda: torch.autograd.backward(written_out(query, stored), gradient), times),
    )
    print(f"{q} x {s}, d {d}: hopfield against plain products      {found}")


@torch.no_grad()
def extra_memory(d: int) -> float:
    """MiB by which a fresh process grows at its highest in its first call (Linux)."""
    torch.set_num_threads(1)
    query, stored, retrieval = torch.randn(256, d), torch.randn(10_000, d), Hopfield(dim=d, beta=BETA)
    retrieval(query[:2], stored[:3])

    def resident(field: str) -> int:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(field))

    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # the highest starts anew
    before = resident("VmRSS")
    retrieval(query, stored)
    return (resident("VmHWM") - before) / 1024


@torch.no_grad()
def without_gradients(d: int) -> None:
    torch.manual_seed(0)
    query, stored, retrieval = torch.randn(256, d), torch.randn(10_000, d), Hopfield(dim=d, beta=BETA)
    with get_context("spawn").Pool(1) as fresh:
        print(f"256 x 10000, d {d}, no gradients: {fresh.apply(extra_memory, (d,)):.1f} MiB extra")
    for name, other in (("attention on (q, d)", attention), ("attention on (1, 1, q, d)", fused)):
        torch.testing.assert_close(retrieval(query, stored), other(query, stored), atol=1e-5, rtol=1e-4)
        found = ratio(lambda: retrieval(query, stored), lambda other=other: other(query, stored), 31)  # type: ignore[misc]
        print(f"  hopfield against {name:25} {found}")
    floor = ratio(lambda: (query @ stored.T) @ stored, lambda: fused(query, stored), 31)
    print(f"  two products against attention on (1, 1, q, d) {floor}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for width in (64, 128):
        without_gradients(width)
    for size in SIZES:
        with_gradients(*size)
