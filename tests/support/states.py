"""States and batches made by hand, for tests of objectives and heads."""

from collections.abc import Sequence

import torch
from torch import Tensor

from mpcl_core.interfaces.data import Batch, State, StreamState

K, D = 5, 8


def stream(
    n: int, *, seed: int, per_emotion: int = 1, k: int = K, dim: int = D, present: Sequence[bool] | None = None
) -> StreamState:
    """A stream with a memory; its weights follow z, and x = z + Σ α M."""
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn(n, dim, generator=generator)
    prototypes = torch.randn(k, per_emotion, dim, generator=generator)
    weights = torch.einsum("bd,kmd->bkm", z, prototypes).flatten(1).softmax(-1).view(n, k, per_emotion)
    enriched = z + torch.einsum("bkm,kmd->bd", weights, prototypes)
    available = torch.tensor(present) if present is not None else torch.ones(n, dtype=torch.bool)
    return StreamState({}, z, available, weights, enriched, prototypes)


def state(n: int, *, names: Sequence[str] = ("physiological", "behavioural"), per_emotion: int = 1) -> State:
    """Streams that differ from each other."""
    streams = {name: stream(n, seed=i, per_emotion=per_emotion) for i, name in enumerate(names)}
    return State(streams, logits(n))


def logits(n: int, k: int = K) -> Tensor:
    return torch.randn(n, k, generator=torch.Generator().manual_seed(9))


def distributions(n: int, k: int = K) -> Tensor:
    return torch.randn(n, k, generator=torch.Generator().manual_seed(5)).softmax(-1)


def batch(n: int, weight: Sequence[float] | None = None) -> Batch:
    """Rows with labels and weights alone."""
    return Batch({}, {}, distributions(n), torch.tensor(weight) if weight is not None else torch.ones(n))


def taken(inputs: State, rows: Sequence[int]) -> State:
    """The state of these rows."""
    index = torch.tensor(rows)
    streams = {}
    for name, s in inputs.streams.items():
        assert s.weights is not None
        assert s.enriched is not None
        streams[name] = StreamState({}, s.z[index], s.present[index], s.weights[index], s.enriched[index], s.prototypes)
    return State(streams, inputs.logits[index])
