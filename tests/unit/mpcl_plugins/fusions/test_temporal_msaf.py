"""temporal_msaf: the moment that it finds, what it reads there, and the linear path."""

from typing import Any

import pytest
import torch
from torch import Tensor

from mpcl_core.interfaces.data import Modality
from mpcl_plugins.fusions.temporal_msaf import TemporalMSAF
from support.fusions import D, all_present, fusion_of, partly_present, tokens

N = 10


def of_two(**parameters: Any) -> TemporalMSAF:
    torch.manual_seed(0)
    modalities = (Modality("eeg", 1, 1), Modality("face", 1, 1))
    return TemporalMSAF(modalities=modalities, n_tokens=(N, N), dim=D, **parameters).eval()


def stepped(first: int, last: int) -> Tensor:
    """Return tokens of one window with little noise, moved by one vector from one part to another."""
    generator = torch.Generator().manual_seed(2)
    H = 0.05 * torch.randn(1, N, D, generator=generator)
    H[:, first:last] += torch.randn(D, generator=generator)
    return H


def linear_map(fusion: TemporalMSAF, H: dict[str, Tensor]) -> Tensor:
    return torch.cat([each.mean(-2) for each in H.values()], dim=-1) @ fusion.linear.weight.T + fusion.linear.bias


def test_without_gate_it_is_a_linear_map_of_mean_tokens() -> None:
    fusion, H = fusion_of(TemporalMSAF, gate=0.0), tokens()
    assert torch.allclose(fusion(H, all_present()), linear_map(fusion, H), atol=1e-6)


def test_it_reads_the_contrast_of_the_episode_that_modalities_share() -> None:
    """Parts 3 to 6 are the share .4 of the window, at moment .5."""
    fusion, H = of_two(scales=(0.4,), beta=10.0), {"eeg": stepped(3, 7), "face": stepped(3, 7)}
    present = {name: torch.tensor([True]) for name in H}
    assert fusion.diagnostics(H, present)["moments"][0, 5] > 0.99
    raised = {}
    for name, each in H.items():
        contrast = each[:, 3:7].mean(1) - torch.cat([each[:, :3], each[:, 7:]], dim=1).mean(1)
        raised[name] = (each.mean(1) + contrast).unsqueeze(1)
    assert torch.allclose(fusion(H, present), linear_map(fusion, raised), atol=1e-3)


def test_modality_without_a_change_is_read_where_another_one_changes() -> None:
    fusion = of_two(scales=(0.4,), beta=10.0)
    still = 0.05 * torch.randn(1, N, D, generator=torch.Generator().manual_seed(3))
    H, present = {"eeg": still, "face": stepped(0, 4)}, {"eeg": torch.tensor([True]), "face": torch.tensor([True])}
    assert fusion.diagnostics(H, present)["moments"][0, 0] > 0.9


def test_absent_modality_does_not_vote() -> None:
    fusion, H, present = fusion_of(TemporalMSAF), tokens(), partly_present()
    moved = {**H, "face": torch.where(present["face"][:, None, None], H["face"], 7.0)}
    for name, value in fusion.diagnostics(H, present).items():
        assert torch.equal(value, fusion.diagnostics(moved, present)[name])


def test_scale_of_the_whole_window_retrieves_nothing() -> None:
    fusion, H = of_two(scales=(1.0,)), {"eeg": stepped(3, 7), "face": stepped(3, 7)}
    present = {name: torch.tensor([True]) for name in H}
    assert torch.allclose(fusion(H, present), linear_map(fusion, H), atol=1e-6)


def test_single_tokens_have_the_linear_map_only() -> None:
    fusion = TemporalMSAF(modalities=(Modality("face", 1, 1),), n_tokens=(1,), dim=D)
    H, present = {"face": torch.randn(4, 1, D)}, {"face": torch.tensor([True] * 4)}
    assert torch.allclose(fusion(H, present), linear_map(fusion, H), atol=1e-6)
    assert fusion.diagnostics(H, present) == {}


def test_scales_beyond_the_window_are_refused() -> None:
    with pytest.raises(ValueError, match=r"from above 0 to 1, not \[0.5, 2.0\]"):
        of_two(scales=(0.5, 2.0))
