"""What holds for heads that start near the prior: their first prediction, exact gradients, absent streams."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mpcl_core.interfaces.components import Head
from mpcl_plugins.heads.emotion_dict import EmotionDict
from mpcl_plugins.heads.label_attention import LabelAttention
from mpcl_plugins.heads.late_fusion import LateFusion
from support.gradients import gradcheck
from support.heads import STREAMS, head_of
from support.states import K, distributions, state, stream

PARAMETERS: dict[type[Head], dict[str, Any]] = {
    EmotionDict: {"atoms": 4, "width": 8},
    LabelAttention: {},
    LateFusion: {},
}
every_head = pytest.mark.parametrize("cls", PARAMETERS, ids=lambda cls: cls.name)


@every_head
def test_it_starts_near_the_mean_distribution_and_differs_between_windows(cls: type[Head]) -> None:
    head, labels, weight = head_of(cls, **PARAMETERS[cls]), distributions(30), torch.rand(30)
    head.observe(labels, weight)
    mean = (weight[:, None] * labels).sum(0) / weight.sum()
    D_pred = head(state(6).streams)[0].softmax(-1)
    assert torch.allclose(D_pred, mean.expand(6, K), atol=0.02)
    assert (D_pred.std(0) > 0).all()


@every_head
def test_gradients_are_exact(cls: type[Head]) -> None:
    def call(head: nn.Module, *z: Tensor) -> Tensor:
        streams = {name: replace(states[name], z=x) for name, x in zip(STREAMS, z, strict=True)}
        logits: Tensor = head(streams)[0]
        return logits

    states = state(3).streams
    assert gradcheck(head_of(cls, **PARAMETERS[cls]), call, *(states[name].z for name in STREAMS))


@pytest.mark.parametrize("cls", [EmotionDict, LateFusion])
def test_an_absent_stream_has_no_influence(cls: type[Head]) -> None:
    head = head_of(cls, **PARAMETERS[cls])
    streams = {"physiological": stream(2, seed=0), "behavioural": stream(2, seed=1, present=[True, False])}
    z = streams["behavioural"].z
    other = {**streams, "behavioural": replace(streams["behavioural"], z=torch.stack([z[0], z[1] * 0 + 7]))}
    assert torch.equal(head(streams)[0], head(other)[0])


@every_head
def test_without_any_stream_the_prediction_is_finite(cls: type[Head]) -> None:
    absent = {name: stream(2, seed=i, present=[False, False]) for i, name in enumerate(STREAMS)}
    assert head_of(cls, **PARAMETERS[cls])(absent)[0].isfinite().all()
