"""Groups of tokens are read at several scales; equal to the sum written out, and without absent groups."""

import pytest
import torch
from torch import Tensor

from mpcl_plugins.fusions._multi_scale import MultiScaleRetrieval, Scales

GROUPS = (2, 3)


def retrieval(betas: tuple[float, ...] = (1.0, 4.0), **options: bool) -> MultiScaleRetrieval:
    torch.manual_seed(0)
    made = MultiScaleRetrieval(groups=GROUPS, dim=4, scales=Scales(betas, learnable=False), **options)
    with torch.no_grad():
        for parameter in (made.gates, made.omega):
            if parameter is not None:
                parameter.copy_(torch.randn(parameter.shape))
    return made.eval()


@pytest.fixture
def tokens() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(2, 3, 4, generator=generator), torch.randn(2, 5, 4, generator=generator)


def by_hand(made: MultiScaleRetrieval, query: Tensor, stored: Tensor, groups: list[int]) -> Tensor:
    """Return R of one window as the equation states it, over some of the groups."""
    cosines = torch.nn.functional.normalize(query, dim=-1) @ torch.nn.functional.normalize(stored, dim=-1).T
    omega = made.omega.softmax(0) if made.omega is not None else torch.ones(1)
    edges = (0, *torch.tensor(GROUPS).cumsum(0).tolist())
    total = torch.zeros(len(query), 4)
    for group in groups:
        part = slice(edges[group], edges[group + 1])
        for weight, beta in zip(omega, made.scales(), strict=True):
            attention = (beta * cosines[:, part]).softmax(-1)
            total = total + made.gates[group] * weight * attention @ made.value(stored[part])
    return total


@pytest.mark.parametrize("betas", [(2.0,), (1.0, 4.0, 9.0)])
def test_retrieval_equals_the_sum_over_groups_and_scales(
    betas: tuple[float, ...], tokens: tuple[Tensor, Tensor]
) -> None:
    made, (query, stored) = retrieval(betas), tokens
    found = made(query, stored, torch.tensor([[True, True], [True, True]]))
    for window in range(2):
        torch.testing.assert_close(found[window], by_hand(made, query[window], stored[window], [0, 1]))


@pytest.mark.parametrize("options", [{}, {"joint": True}, {"concat": True}, {"projections": True}], ids=str)
def test_absent_group_has_no_influence(options: dict[str, bool], tokens: tuple[Tensor, Tensor]) -> None:
    made, (query, stored) = retrieval(**options), tokens
    present = torch.tensor([[True, False], [True, False]])
    other = stored.clone()
    other[:, 2:] = 1e3
    torch.testing.assert_close(made(query, stored, present), made(query, other, present))
    assert made(query, stored, torch.zeros(2, 2, dtype=torch.bool)).isfinite().all()


def test_maps_sum_to_one_in_each_group_or_in_all_together(tokens: tuple[Tensor, Tensor]) -> None:
    query, stored = tokens
    present = torch.ones(2, 2, dtype=torch.bool)
    own = retrieval().attention(query, stored, present)
    torch.testing.assert_close(own[..., :2].sum(-1), torch.ones(2, 2, 3))
    torch.testing.assert_close(own[..., 2:].sum(-1), torch.ones(2, 2, 3))
    joint = retrieval(joint=True).attention(query, stored, present)
    torch.testing.assert_close(joint.sum(-1), torch.ones(2, 2, 3))


def test_learned_scales_begin_at_their_values_and_stay_in_order() -> None:
    scales = Scales((0.5, 2.0, 8.0), learnable=True)
    torch.testing.assert_close(scales(), torch.tensor([0.5, 2.0, 8.0]))
    with torch.no_grad():
        assert scales.log_steps is not None
        scales.log_steps.copy_(torch.tensor([3.0, -9.0, 1.0]))
    assert (scales().diff() > 0).all()


@pytest.mark.parametrize("betas", [(), (0.0, 1.0), (2.0, 1.0), (-1.0,)])
def test_scales_that_do_not_increase_are_refused(betas: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="betas must be positive and increasing"):
        Scales(betas, learnable=False)
