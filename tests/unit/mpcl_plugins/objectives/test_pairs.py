"""Losses of all pairs of streams are summed."""

import torch

from mpcl_core.interfaces.data import State, StreamState
from mpcl_plugins.objectives._pairs import sum_over_pairs


def stream(value: float) -> StreamState:
    z = torch.full((2, 3), value)
    known = torch.ones(2, dtype=torch.bool)
    remembered = {"weights": torch.ones(2, 1, 1), "enriched": z, "prototypes": z[:1, None], "cosines": z[:, :1, None]}
    return StreamState({}, z, known, **remembered)


def test_loss_is_summed_over_unordered_pairs_of_streams_with_a_memory() -> None:
    streams = {"a": stream(1.0), "b": stream(2.0), "none": StreamState({}, torch.zeros(2, 3), torch.ones(2) > 0)}
    product = lambda first, second: first.z[0, 0] * second.z[0, 0]  # noqa: E731
    assert sum_over_pairs(State(streams, torch.zeros(2, 3), {}), product).item() == 2.0
    three = {**streams, "c": stream(4.0)}
    assert sum_over_pairs(State(three, torch.zeros(2, 3), {}), product).item() == 2.0 + 4.0 + 8.0
