"""Checks of an objective: rows of weight 0 are not there."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from mpcl_core.testing import sample_data
from mpcl_core.testing.cases import Case
from mpcl_core.testing.failure import demand_equal
from mpcl_core.testing.trees import mapped, rows, tensors

ROWS = torch.tensor([0, 2, 3, 5])
"""Where the rows that count stand among six."""


def padding_has_no_influence(case: Case) -> None:
    """Rows of weight 0 change neither the loss nor a gradient, also not as negatives: jobs are padded to one length."""
    objective = case.build().eval()
    state, batch = case.given(6, 0)
    alone = _slopes(objective, rows(state, ROWS), rows(batch, ROWS))
    weight = torch.zeros(6).index_copy(0, ROWS, torch.ones(4))
    padded = _slopes(objective, mapped(state, _disturbed), replace(batch, weight=weight))
    demand_equal(alone["the loss"], padded["the loss"], "rows of weight 0 change the loss", 1e-5)
    for name in alone.keys() - {"the loss"}:
        of_these = (
            rows({name: padded[name]}, ROWS)[name] if name.startswith("streams") or name == "logits" else padded[name]
        )
        demand_equal(alone[name], of_these, f"rows of weight 0 change the gradient of {name}", 1e-4)


def _disturbed(name: str, tensor: Tensor) -> Tensor:
    """The same in the rows that count, something else in the others; shares stay shares."""
    if not tensor.is_floating_point() or name.endswith(("prototypes", "weights")):
        return tensor
    other = 30 * sample_data.noise(*tensor.shape, seed=77)
    return other.index_copy(0, ROWS, tensor[ROWS])


def _slopes(objective: nn.Module, state: object, batch: object) -> dict[str, Tensor]:
    """The loss, and its gradient by every tensor of the state and every parameter; what none reaches is left out."""
    leaves = mapped(state, lambda _, tensor: tensor.clone().requires_grad_() if tensor.is_floating_point() else tensor)
    loss = objective(leaves, batch)
    wanted = {**tensors(leaves), **{f"its '{name}'": value for name, value in objective.named_parameters()}}
    wanted = {name: tensor for name, tensor in wanted.items() if tensor.requires_grad}
    found: dict[str, Tensor] = {"the loss": loss}
    if loss.requires_grad:
        slopes = torch.autograd.grad(loss, list(wanted.values()), allow_unused=True)
        found |= {name: slope for name, slope in zip(wanted, slopes, strict=True) if slope is not None}
    return found
