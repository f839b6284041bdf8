"""What holds for every fusion: absent modalities have no influence, windows do not mix, gradients are exact."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mpcl_core.interfaces.components import Fusion
from mpcl_plugins.fusions.concat import Concat
from mpcl_plugins.fusions.cross_attention import CrossAttention
from mpcl_plugins.fusions.early_fusion import EarlyFusion
from mpcl_plugins.fusions.helo import HeLo
from mpcl_plugins.fusions.mean import Mean
from mpcl_plugins.fusions.tensor_fusion import TensorFusion
from mpcl_plugins.fusions.transformer import Transformer
from support.fusions import COUNTS, all_present, fusion_of, partly_present, tokens
from support.gradients import gradcheck

PARAMETERS: dict[type[Fusion], dict[str, Any]] = {
    Concat: {},
    CrossAttention: {"primary": "eeg"},
    EarlyFusion: {},
    HeLo: {"primary": "eeg", "behavioural": ("face",)},
    Mean: {},
    TensorFusion: {"rank": 2},
    Transformer: {"layers": 2},
}
every_fusion = pytest.mark.parametrize("cls", PARAMETERS, ids=lambda cls: cls.name)


@every_fusion
def test_absent_modalities_have_no_influence(cls: type[Fusion]) -> None:
    fusion, H, present = fusion_of(cls, **PARAMETERS[cls]), tokens(), partly_present()
    other = {name: torch.where(present[name][:, None, None], h, 99 * torch.ones(())) for name, h in H.items()}
    assert torch.equal(fusion(H, present), fusion(other, present))


@every_fusion
def test_present_modalities_have_influence(cls: type[Fusion]) -> None:
    fusion, H, present = fusion_of(cls, **PARAMETERS[cls]), tokens(), partly_present()
    complete = fusion(H, all_present())
    assert torch.allclose(complete[0], fusion(H, present)[0], atol=1e-6)
    assert ((complete - fusion(H, present)).abs().amax(1)[1:] > 1e-4).all()


@every_fusion
def test_windows_do_not_mix(cls: type[Fusion]) -> None:
    fusion, H, present = fusion_of(cls, **PARAMETERS[cls]), tokens(), partly_present()
    one_by_one = [
        fusion({name: h[[i]] for name, h in H.items()}, {name: p[[i]] for name, p in present.items()}) for i in range(4)
    ]
    assert torch.allclose(torch.cat(one_by_one), fusion(H, present), atol=1e-6)


@every_fusion
def test_permuting_windows_permutes_the_embeddings(cls: type[Fusion]) -> None:
    fusion, H, present, order = (
        fusion_of(cls, **PARAMETERS[cls]),
        tokens(),
        partly_present(),
        torch.tensor([2, 0, 3, 1]),
    )
    z = fusion({name: h[order] for name, h in H.items()}, {name: p[order] for name, p in present.items()})
    assert torch.allclose(z, fusion(H, present)[order], atol=1e-6)


@every_fusion
def test_gradients_are_exact(cls: type[Fusion]) -> None:
    def call(fusion: nn.Module, *values: Tensor) -> Tensor:
        z: Tensor = fusion(dict(zip(COUNTS, values, strict=True)), partly_present())
        return z

    assert gradcheck(fusion_of(cls, **PARAMETERS[cls]), call, *tokens().values())
