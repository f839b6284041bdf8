"""Check an objective: windows of weight 0 have no influence, and labels are not needed where it says so."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from mpcl_core.testing import sample_data
from mpcl_core.testing.cases import Case
from mpcl_core.testing.failure import demand, demand_equal
from mpcl_core.testing.trees import collect_tensors, map_floats, map_tensors, select_windows

WEIGHTED = torch.tensor([0, 2, 3, 5])
"""Indices of the windows, among six, whose weight is not 0."""


def padding_has_no_influence(case: Case) -> None:
    """Require that windows of weight 0 change neither the loss nor a gradient, also not as negatives.

    Cohort training pads the batches of its jobs with such windows.
    """
    objective = case.build().eval()
    state, batch = case.make_inputs(6, 0)
    expected = _differentiate(objective, select_windows(state, WEIGHTED), select_windows(batch, WEIGHTED))
    weight = torch.zeros(6).index_copy(0, WEIGHTED, torch.ones(4))
    padded = _differentiate(objective, map_tensors(state, _disturb), replace(batch, weight=weight))
    demand_equal(expected["the loss"], padded["the loss"], "windows of weight 0 change the loss", 1e-5)
    for name in expected.keys() - {"the loss"}:
        has_windows = name.startswith("streams") or name == "logits"
        found = select_windows({name: padded[name]}, WEIGHTED)[name] if has_windows else padded[name]
        demand_equal(expected[name], found, f"windows of weight 0 change the gradient of {name}", 1e-4)


def unlabelled_needs_no_labels(case: Case) -> None:
    """Require a finite loss of an objective with ``unlabelled`` set where all labels are unknown (NaN).

    Networks are pre-trained with it on windows whose ratings are hidden.
    """
    objective = case.build().eval()
    if objective.unlabelled:
        state, batch = case.make_inputs(6, 0)
        loss = objective(state, replace(batch, D=torch.full_like(batch.D, torch.nan)))
        demand(bool(torch.isfinite(loss)), f"the loss is {loss} without labels, so 'unlabelled' must be False")


def _disturb(name: str, tensor: Tensor) -> Tensor:
    """Replace the values of the windows of weight 0, except shares and prototypes.

    Args:
        name: dotted name of the tensor.
        tensor: its values for six windows.

    Returns:
        The tensor with other values.
    """
    if not tensor.is_floating_point() or name.endswith(("prototypes", "weights")):
        return tensor
    other = 30 * sample_data.noise(*tensor.shape, seed=77)
    return other.index_copy(0, WEIGHTED, tensor[WEIGHTED])


def _differentiate(objective: nn.Module, state: object, batch: object) -> dict[str, Tensor]:
    """Compute the loss and its gradients.

    Args:
        objective: the objective.
        state, batch: arguments of its ``forward``.

    Returns:
        The loss, and the gradient of every tensor of the state and every parameter that has one, by name.
    """
    leaves = map_floats(state, lambda tensor: tensor.clone().requires_grad_())
    loss = objective(leaves, batch)
    wanted = {**collect_tensors(leaves), **{f"its '{name}'": value for name, value in objective.named_parameters()}}
    wanted = {name: tensor for name, tensor in wanted.items() if tensor.requires_grad}
    found: dict[str, Tensor] = {"the loss": loss}
    if loss.requires_grad:
        gradients = torch.autograd.grad(loss, list(wanted.values()), allow_unused=True)
        found |= {name: gradient for name, gradient in zip(wanted, gradients, strict=True) if gradient is not None}
    return found
