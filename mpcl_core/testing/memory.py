"""Checks of a memory: what it recalls, and what it says should be written."""

from typing import Any

import torch
from torch import Tensor

from mpcl_core.testing.cases import Case
from mpcl_core.testing.failure import demand, demand_equal
from mpcl_core.testing.sample_data import D, K, distributions, noise


def recalls_shares(case: Case) -> None:
    """A row's prototype weights are shares that sum to 1, and ``prototypes`` (k m d) is a tensor."""
    memory = case.build().eval()
    prototypes: Any = getattr(memory, "prototypes", None)
    demand(isinstance(prototypes, torch.Tensor), "'prototypes' is no tensor")
    shape = tuple(prototypes.shape)
    demand(len(shape) == 3 and (shape[0], shape[2]) == (K, D), f"prototypes has shape {shape}, not ({K}, m, {D})")
    weights = memory(noise(4, D)).weights.detach()
    sums = weights.flatten(1).sum(-1)
    demand((weights >= 0).all(), f"a weight is {float(weights.min()):.3g}, below 0")
    demand_equal(sums, torch.ones(4), "the weights of a row do not sum to 1", 1e-4)


def updates_fit(case: Case) -> None:
    """``updated`` answers new values of its own buffers, of their shape and dtype, and writes nothing itself."""
    memory = case.build().train()
    buffers = dict(memory.named_buffers())
    before = {name: (value.clone(), value._version) for name, value in memory.state_dict().items()}
    new = _updated(memory, *_rows(6))
    for name, (value, version) in before.items():
        now = memory.state_dict()[name]
        same = now._version == version and torch.equal(now, value)
        demand(same, f"updated() writes to '{name}' itself; the engine keeps what it answers")
    for name, value in new.items():
        demand(name in buffers, f"updated() answers '{name}', which is no buffer. Buffers: {', '.join(buffers)}")
        seen, wanted = (tuple(value.shape), value.dtype), (tuple(buffers[name].shape), buffers[name].dtype)
        demand(seen == wanted, f"updated() answers '{name}' of {seen}, but the buffer is of {wanted}")
        demand(value.isfinite().all(), f"updated() answers a '{name}' that is not finite")


def padding_leaves_no_trace(case: Case) -> None:
    """Rows of weight 0 change nothing of what ``updated`` answers: jobs are trained together in padded batches."""
    memory = case.build().train()
    z, distribution, weight = _rows(4)
    place = torch.tensor([0, 2, 3, 5])
    padded_z, padded_D = 50 * noise(6, D, seed=8), distributions(6, seed=8)
    padded_z[place], padded_D[place] = z, distribution
    padded_weight = torch.zeros(6).index_copy(0, place, weight)
    alone, padded = _updated(memory, z, distribution, weight), _updated(memory, padded_z, padded_D, padded_weight)
    for name in alone:
        demand_equal(alone[name], padded[name], f"rows of weight 0 change '{name}' in updated()", 1e-5)


def _rows(n: int) -> tuple[Tensor, Tensor, Tensor]:
    return noise(n, D, seed=3), distributions(n, seed=3), torch.ones(n)


@torch.no_grad()
def _updated(memory: torch.nn.Module, z: Tensor, distribution: Tensor, weight: Tensor) -> dict[str, Tensor]:
    answer: dict[str, Tensor] = memory.updated(z, distribution, weight)  # type: ignore[operator]
    return answer
