"""Check a memory: the weights that it recalls, and the updates that it returns."""

from typing import Any

import torch
from torch import Tensor

from mpcl_core.testing.cases import Case
from mpcl_core.testing.failure import demand, demand_equal
from mpcl_core.testing.sample_data import D, K, distributions, noise


def weights_are_distributions(case: Case) -> None:
    """Require prototype weights that sum to 1 for each window, and a tensor ``prototypes`` (k m d)."""
    memory = case.build().eval()
    prototypes: Any = getattr(memory, "prototypes", None)
    demand(isinstance(prototypes, torch.Tensor), "'prototypes' is not a tensor")
    shape = tuple(prototypes.shape)
    demand(len(shape) == 3 and (shape[0], shape[2]) == (K, D), f"'prototypes' has shape {shape}, not ({K}, m, {D})")
    weights = memory(noise(4, D)).weights.detach()
    sums = weights.flatten(1).sum(-1)
    demand((weights >= 0).all(), f"a weight is {float(weights.min()):.3g}, which is below 0")
    demand_equal(sums, torch.ones(4), "the weights of a window do not sum to 1", 1e-4)


def updates_match_buffers(case: Case) -> None:
    """Require that ``updated`` returns new values of buffers and writes nothing itself.

    The values must have the shape and dtype of the buffers.
    """
    memory = case.build().train()
    buffers = dict(memory.named_buffers())
    before = {name: (value.clone(), value._version) for name, value in memory.state_dict().items()}
    new = _update(memory, *_make_inputs(6))
    for name, (value, version) in before.items():
        after = memory.state_dict()[name]
        is_same = after._version == version and torch.equal(after, value)
        demand(is_same, f"updated() writes to '{name}' itself; it must return the new value, which the engine stores")
    for name, value in new.items():
        demand(name in buffers, f"updated() returns '{name}', which is not a buffer. Buffers: {', '.join(buffers)}")
        found, wanted = (tuple(value.shape), value.dtype), (tuple(buffers[name].shape), buffers[name].dtype)
        demand(found == wanted, f"updated() returns '{name}' of {found}, but the buffer is of {wanted}")
        demand(value.isfinite().all(), f"updated() returns a '{name}' that is not finite")


def padding_has_no_influence_on_updates(case: Case) -> None:
    """Require that windows of weight 0 do not change the result of ``updated``.

    Cohort training pads the batches of its jobs with such windows.
    """
    memory = case.build().train()
    z, distribution, weight = _make_inputs(4)
    index = torch.tensor([0, 2, 3, 5])
    padded_z, padded_D = 50 * noise(6, D, seed=8), distributions(6, seed=8)
    padded_z[index], padded_D[index] = z, distribution
    padded_weight = torch.zeros(6).index_copy(0, index, weight)
    expected, padded = _update(memory, z, distribution, weight), _update(memory, padded_z, padded_D, padded_weight)
    for name in expected:
        demand_equal(expected[name], padded[name], f"windows of weight 0 change '{name}' in updated()", 1e-5)


MEMORY = (weights_are_distributions, updates_match_buffers, padding_has_no_influence_on_updates)


def _make_inputs(n: int) -> tuple[Tensor, Tensor, Tensor]:
    return noise(n, D, seed=3), distributions(n, seed=3), torch.ones(n)


@torch.no_grad()
def _update(memory: torch.nn.Module, z: Tensor, distribution: Tensor, weight: Tensor) -> dict[str, Tensor]:
    new: dict[str, Tensor] = memory.updated(z, distribution, weight)  # type: ignore[operator]
    return new
