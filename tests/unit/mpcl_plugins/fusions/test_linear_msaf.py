"""linear_msaf: the linear path, the retrieval beside it, and the size of a deviation."""

import pytest
import torch

from mpcl_core.interfaces.data import Modality
from mpcl_plugins.fusions.linear_msaf import LinearMSAF
from support.fusions import D, all_present, fusion_of, partly_present, tokens


def linear_path(fusion: LinearMSAF, H: dict[str, torch.Tensor], present: dict[str, torch.Tensor]) -> torch.Tensor:
    flat = torch.cat([(H[name] * present[name][:, None, None]).flatten(1) for name in H], dim=1)
    return flat @ fusion.linear.weight.T + fusion.linear.bias


def test_it_adds_the_retrievals_of_every_modality_to_a_linear_map() -> None:
    fusion, H, present = fusion_of(LinearMSAF), tokens(), partly_present()
    assert [each.primary for each in fusion.retrievals] == list(H)
    retrieved = sum(each(H, present) for each in fusion.retrievals)
    expected = linear_path(fusion, H, present) + 0.1 * retrieved
    assert torch.allclose(fusion(H, present), expected, atol=1e-6)


def test_size_of_a_deviation_is_kept() -> None:
    fusion, H, present = fusion_of(LinearMSAF), tokens(), all_present()
    larger = {name: 100 * values for name, values in H.items()}
    assert fusion(larger, present).norm() > 30 * fusion(H, present).norm()


def test_single_modality_has_the_linear_map_only() -> None:
    fusion = LinearMSAF(modalities=(Modality("face", 1, 1),), n_tokens=(4,), dim=D)
    H, present = {"face": tokens()["face"]}, {"face": torch.tensor([True, True, False, True])}
    assert not len(fusion.retrievals)
    assert torch.allclose(fusion(H, present), linear_path(fusion, H, present), atol=1e-6)
    assert fusion.diagnostics(H, present) == {}


def test_diagnostics_show_the_gate_and_the_attention() -> None:
    found = fusion_of(LinearMSAF).diagnostics(tokens(), all_present())
    assert found["gate"].item() == pytest.approx(0.1)
    assert {"attention.ppg", "attention.face", "betas"} <= set(found)
