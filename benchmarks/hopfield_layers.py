"""Three scales of our retrieval against three `hopfield-layers` Hopfield modules, one for each β.

Both get the same tokens, the same W_v and ω, and give Σ_s ω_s softmax(β_s q̂ k̂ᵀ) H W_v with its gradients for tokens
and weights; that outputs and gradients agree is checked. Neither projects queries or keys. Of what the modules can do,
all that ours does not is switched off: their layer norms and their projections of query, key and output.

*shared*: rows are normalised and W_v is applied once, outside of the modules, which are left the association alone; the
strictest comparison. *modules*: each normalises its rows and applies W_v itself, as three modules in a model would.
*defaults* is what a user of that library would write first, three modules with only their sizes and β given, which
learn projections of their own: other numbers, more work.

The package is no dependency of ours: give the folder that holds its `hflayers` (a clone of
github.com/ml-jku/hopfield-layers). One thread, forward + backward.  Aim: <= 0.5 in *shared* and *modules*.

Run: python benchmarks/hopfield_layers.py PATH
"""

import argparse
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from mpcl_core.toolkit.masking import normalise
from mpcl_plugins.fusions._multi_scale import MultiScaleRetrieval, Scales
from pairs import ratio

BETAS = (1.0, 4.0, 16.0)
BATCHES, TOKENS, WIDTHS = (32, 64, 128), ((10, 20), (18, 18), (30, 30)), (64, 128)

Read = Callable[[Tensor, Tensor], Tensor]


def library(folder: Path) -> Any:
    """Its Hopfield class."""
    if not (folder / "hflayers" / "__init__.py").is_file():
        sys.exit(f"{folder} holds no folder 'hflayers': clone github.com/ml-jku/hopfield-layers and name the clone")
    sys.path.insert(0, str(folder))
    return importlib.import_module("hflayers").Hopfield


def bare(Hopfield: Any, beta: float, d: int, *, projects_values: bool) -> Any:
    """A module of the association alone, or with W_v."""
    return Hopfield(
        input_size=d,
        scaling=beta,
        normalize_stored_pattern=False,
        normalize_stored_pattern_affine=False,
        normalize_state_pattern=False,
        normalize_state_pattern_affine=False,
        normalize_pattern_projection=False,
        normalize_pattern_projection_affine=False,
        stored_pattern_as_static=True,
        state_pattern_as_static=True,
        pattern_projection_as_static=not projects_values,
        input_bias=False,
        disable_out_projection=True,
    )


def merged(omega: Tensor, read: list[Tensor]) -> Tensor:
    return torch.stack([share * R for share, R in zip(omega.softmax(0), read, strict=True)]).sum(0)


def theirs(Hopfield: Any, ours: MultiScaleRetrieval, d: int) -> dict[str, Read]:
    """The three ways to use the modules, with our W_v and ω in the first two."""
    W, omega = ours.value.weight, ours.omega
    if omega is None:
        raise TypeError
    association = [bare(Hopfield, beta, d, projects_values=False) for beta in BETAS]
    projecting = [bare(Hopfield, beta, d, projects_values=True) for beta in BETAS]
    for module in projecting:
        module.association_core.in_proj_weight = W
    defaults = nn.ModuleList(Hopfield(input_size=d, scaling=beta) for beta in BETAS)

    def shared(query: Tensor, stored: Tensor) -> Tensor:
        patterns = normalise(stored), normalise(query), stored @ W.T
        return merged(omega, [module(patterns) for module in association])

    def modules(query: Tensor, stored: Tensor) -> Tensor:
        return merged(omega, [module((normalise(stored), normalise(query), stored)) for module in projecting])

    def as_written_first(query: Tensor, stored: Tensor) -> Tensor:
        return merged(omega, [module((stored, query, stored)) for module in defaults])

    return {"shared": shared, "modules": modules, "defaults": as_written_first}


def check(ours: Read, other: Read, tokens: tuple[Tensor, Tensor], learned: list[Tensor], gradient: Tensor) -> None:
    found = [read(*tokens) for read in (ours, other)]
    torch.testing.assert_close(*found, atol=1e-5, rtol=1e-5)
    gradients = [torch.autograd.grad(R, [*tokens, *learned], gradient) for R in found]
    torch.testing.assert_close(*gradients, atol=1e-4, rtol=1e-4)


def compare(Hopfield: Any, b: int, n: int, m: int, d: int) -> None:
    torch.manual_seed(0)
    tokens = torch.randn(b, n, d, requires_grad=True), torch.randn(b, m, d, requires_grad=True)
    retrieval = MultiScaleRetrieval(groups=[m], dim=d, scales=Scales(BETAS, False))
    gradient, there = torch.randn(b, n, d), torch.ones(b, 1, dtype=torch.bool)
    calls = max(1, 2_000_000 // (b * (n + m) * d))

    def ours(query: Tensor, stored: Tensor) -> Tensor:
        retrieved: Tensor = retrieval(query, stored, there)
        return retrieved

    def timed(read: Read) -> Callable[[], None]:
        def run() -> None:
            for _ in range(calls):
                torch.autograd.backward(read(*tokens), gradient)

        return run

    print(f"b {b}, {n} x {m} tokens, d {d}")
    for name, other in theirs(Hopfield, retrieval, d).items():
        if name != "defaults":
            learned: list[Tensor] = [p for p in (retrieval.value.weight, retrieval.omega) if p is not None]
            check(ours, other, tokens, learned, gradient)
        print(f"  ours against three Hopfield modules, {name:8} {ratio(timed(ours), timed(other))}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Our multi-scale retrieval against hopfield-layers.")
    parser.add_argument("path", type=Path, help="the folder that holds hflayers")
    Hopfield = library(parser.parse_args().path)
    torch.set_num_threads(1)
    for d in WIDTHS:
        for n, m in TOKENS:
            for b in BATCHES:
                compare(Hopfield, b, n, m, d)
