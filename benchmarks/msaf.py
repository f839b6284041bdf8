"""The retrieval of msaf over three scales against three plain retrievals by scaled_dot_product_attention.

Both get the same query and stored tokens and the same W_v and ω, and give Σ_s ω_s softmax(β_s q̂ k̂ᵀ) H W_v with its
gradients for tokens and weights; that they agree is checked. *shared* normalises and projects once and calls attention
three times; *separate* is three retrievals, each of which does everything, as three modules would. Attention is called
on (b, n, d) tokens as they are, and on (b, 1, n, d), for which torch has a fused kernel. The layer norm and the
readout, which are the same with either, are left out. One thread, forward + backward.

Aims, against *shared*: <= 0.55 at b 64 and 128, <= 0.95 at b 32.  Run: python benchmarks/msaf.py
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from mpcl_core.toolkit.masking import normalise
from mpcl_plugins.fusions._multi_scale import MultiScaleRetrieval, Scales
from pairs import ratio

BETAS = (1.0, 4.0, 16.0)
SIZES = ((64, 30, 30, 128), (128, 18, 18, 128), (32, 10, 20, 64))
"""b, query tokens, stored tokens, d."""
CALLS = 10
"""Calls in one timing."""

Run = Callable[[], Tensor]


def ours(retrieval: MultiScaleRetrieval, query: Tensor, stored: Tensor) -> Run:
    there = torch.ones(len(query), 1, dtype=torch.bool)
    return lambda: retrieval(query, stored, there)


def plain(retrieval: MultiScaleRetrieval, query: Tensor, stored: Tensor, *, separate: bool, fused: bool) -> Run:
    W, w = retrieval.value.weight, retrieval.omega
    assert w is not None

    def prepared() -> tuple[Tensor, Tensor, Tensor]:
        parts = normalise(query), normalise(stored), stored @ W.T
        q, k, v = (part.unsqueeze(1) for part in parts) if fused else parts
        return q, k, v

    def run() -> Tensor:
        once = None if separate else prepared()
        read = [scaled_dot_product_attention(*(once or prepared()), scale=beta) for beta in BETAS]
        merged = torch.stack([omega * R for omega, R in zip(w.softmax(0), read, strict=True)]).sum(0)
        return merged.reshape(query.shape)

    return run


def timed(run: Run, gradient: Tensor) -> Callable[[], None]:
    def calls() -> None:
        for _ in range(CALLS):
            torch.autograd.backward(run(), gradient)

    return calls


def compare(b: int, n: int, m: int, d: int) -> None:
    torch.manual_seed(0)
    query, stored = torch.randn(b, n, d, requires_grad=True), torch.randn(b, m, d, requires_grad=True)
    retrieval = MultiScaleRetrieval(groups=[m], dim=d, scales=Scales(BETAS, False))
    gradient, run = torch.randn(b, n, d), ours(retrieval, query, stored)
    print(f"b {b}, {n} x {m} tokens, d {d}")
    for separate in (False, True):
        for fused in (False, True):
            other = plain(retrieval, query, stored, separate=separate, fused=fused)
            torch.testing.assert_close(run(), other(), atol=1e-5, rtol=1e-5)
            name = f"{'separate' if separate else 'shared'}, {'(b, 1, n, d)' if fused else '(b, n, d)'}"
            print(f"  msaf against three attentions, {name:23} {ratio(timed(run, gradient), timed(other, gradient))}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for size in SIZES:
        compare(*size)
