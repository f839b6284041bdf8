"""HeLo's fusion, the transformer and the plain ones: against their equations, and what must not be heard."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mpcl_core.interfaces.components import Fusion
from mpcl_core.interfaces.data import Modality
from mpcl_core.toolkit.attention import Attention
from mpcl_plugins.fusions.cross_attention import CrossAttention
from mpcl_plugins.fusions.early_fusion import EarlyFusion
from mpcl_plugins.fusions.helo import HeLo
from mpcl_plugins.fusions.tensor_fusion import TensorFusion
from mpcl_plugins.fusions.transformer import Transformer
from support.gradients import gradcheck

D = 8
COUNTS = {"eeg": 3, "ppg": 2, "face": 4}
SUPPLIED: dict[str, Any] = {
    "modalities": tuple(Modality(name, 1, 1) for name in COUNTS),
    "n_tokens": tuple(COUNTS.values()),
    "dim": D,
}
OWN: dict[type[Fusion], dict[str, Any]] = {
    CrossAttention: {"primary": "eeg"},
    EarlyFusion: {},
    HeLo: {"primary": "eeg", "behavioural": ("face",)},
    TensorFusion: {"rank": 2},
    Transformer: {"layers": 2},
}


def made(cls: type[Fusion], **changed: Any) -> Fusion:
    torch.manual_seed(0)
    return cls(**SUPPLIED, **{**OWN[cls], **changed}).eval()


def tokens(b: int = 4) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return {name: torch.randn(b, n, D, generator=generator) for name, n in COUNTS.items()}


def some() -> dict[str, Tensor]:
    """Everything is there, then one modality after the other is not."""
    return {name: torch.arange(4) != i for i, name in enumerate(COUNTS, 1)}


@pytest.mark.parametrize("cls", OWN)
def test_the_absent_are_not_heard(cls: type[Fusion]) -> None:
    fusion, H, there = made(cls), tokens(), some()
    other = {name: torch.where(there[name][:, None, None], h, 99 * torch.ones(())) for name, h in H.items()}
    assert torch.equal(fusion(H, there), fusion(other, there))
    whole = fusion(H, {name: torch.ones(4, dtype=torch.bool) for name in H})
    assert torch.allclose(whole[0], fusion(H, there)[0], atol=1e-6)
    assert ((whole - fusion(H, there)).abs().amax(1)[1:] > 1e-4).all(), "each modality says something"


@pytest.mark.parametrize("cls", OWN)
def test_rows_stay_apart(cls: type[Fusion]) -> None:
    fusion, H, there = made(cls), tokens(), some()
    alone = [fusion({a: h[[i]] for a, h in H.items()}, {a: p[[i]] for a, p in there.items()}) for i in range(4)]
    assert torch.allclose(torch.cat(alone), fusion(H, there), atol=1e-6)


@pytest.mark.parametrize("cls", OWN)
def test_gradients(cls: type[Fusion]) -> None:
    def call(fusion: nn.Module, *values: Tensor) -> Tensor:
        z: Tensor = fusion(dict(zip(COUNTS, values, strict=True)), some())
        return z

    assert gradcheck(made(cls), call, *tokens().values())


def test_attention_is_that_of_torch() -> None:
    ours, theirs = Attention(D, 2), nn.MultiheadAttention(D, 2, batch_first=True)
    theirs.in_proj_weight = nn.Parameter(torch.cat([ours.query.weight, ours.key.weight, ours.value.weight]))
    theirs.in_proj_bias = nn.Parameter(torch.cat([torch.zeros(2 * D), ours.value.bias]))
    theirs.out_proj.load_state_dict(ours.out.state_dict())
    H, mask = tokens(), torch.tensor([[True, True], [True, False], [False, True], [True, True]])
    expected, _ = theirs(H["eeg"], H["ppg"], H["ppg"], key_padding_mask=~mask)
    assert torch.allclose(ours(H["eeg"], H["ppg"], mask), expected, atol=1e-6)


def test_nothing_stored_is_nothing_read() -> None:
    attention, H = Attention(D, 2), tokens()
    read = attention(H["eeg"], H["ppg"], torch.zeros(4, 2, dtype=torch.bool))
    assert torch.allclose(read, attention.out.bias.expand_as(read))


def test_early_fusion_of_all_tokens() -> None:
    fusion, H = made(EarlyFusion), tokens()
    there = {name: torch.ones(4, dtype=torch.bool) for name in H}
    assert isinstance(fusion, EarlyFusion)
    assert torch.allclose(fusion(H, there), fusion.join(torch.cat([h.flatten(1) for h in H.values()], 1)))


def test_tensor_fusion_is_the_product_written_out() -> None:
    fusion, H, there = made(TensorFusion), tokens(), some()
    assert isinstance(fusion, TensorFusion)
    for row in range(4):
        u = [
            torch.cat([torch.ones(1), narrow(H[name][row].mean(0)) * there[name][row]])
            for name, narrow in zip(COUNTS, fusion.narrow, strict=True)
        ]
        product = torch.stack([a * b * c for a in u[0] for b in u[1] for c in u[2]])
        assert torch.allclose(fusion(H, there)[row], fusion.project(product), atol=1e-6)


def test_helo_without_a_side_is_the_other_side_alone() -> None:
    """Whatever the behavioural tokens are, z is W [P; mean of P in every place of B]."""
    fusion, H = made(HeLo), tokens()
    assert isinstance(fusion, HeLo)
    there = {name: torch.full((4,), name != "face") for name in H}
    P = fusion.read(H, there)
    expected = fusion.project(torch.cat([P, P.mean(1, keepdim=True).expand(-1, 4, -1)], 1).flatten(1))
    assert torch.allclose(fusion(H, there), expected, atol=1e-2)


def test_the_plan_can_be_looked_at() -> None:
    fusion, H = made(HeLo), tokens()
    T = fusion.diagnostics(H, some())["plan"]
    assert T.shape == (4, 3, 4)
    assert torch.allclose(T.sum((1, 2)), torch.ones(4), atol=1e-5)


@pytest.mark.parametrize(
    ("cls", "changed", "message"),
    [
        (CrossAttention, {"primary": "ecg"}, "'ecg' is no modality of the stream"),
        (CrossAttention, {"heads": 3}, "heads is 3"),
        (EarlyFusion, {"dropout": 1.0}, "dropout is 1.0"),
        (HeLo, {"primary": "ecg"}, "'ecg' is no modality"),
        (HeLo, {"behavioural": ()}, r"behavioural is \[\]"),
        (HeLo, {"behavioural": ("eeg",)}, "not 'eeg'"),
        (HeLo, {"epsilon": 0.0}, "epsilon is 0.0"),
        (TensorFusion, {"rank": 0}, "rank is 0"),
        (TensorFusion, {"rank": 99}, "1000000 products"),
        (Transformer, {"layers": 0}, "layers is 0"),
    ],
)
def test_bad_values_are_refused(cls: type[Fusion], changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        made(cls, **changed)
