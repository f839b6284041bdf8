"""The dictionary, the label attention, late fusion, and the objectives that belong to them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mpcl_core.interfaces.components import Head
from mpcl_core.interfaces.data import StreamInfo, StreamState
from mpcl_core.interfaces.errors import PluginError
from mpcl_core.toolkit.label_correlation import weighted_correlation
from mpcl_plugins.heads.emotion_dict import EmotionDict
from mpcl_plugins.heads.label_attention import LabelAttention
from mpcl_plugins.heads.late_fusion import LateFusion
from mpcl_plugins.objectives.distillation import Distillation
from mpcl_plugins.objectives.label_correlation import LabelCorrelation
from support.gradients import gradcheck
from support.states import D, K, batch, distributions, state, stream, taken

NAMES = ("physiological", "behavioural")
OWN: dict[type[Head], dict[str, Any]] = {EmotionDict: {"atoms": 4, "width": 8}, LabelAttention: {}, LateFusion: {}}


def made(cls: type[Head], **changed: Any) -> Head:
    torch.manual_seed(0)
    infos = tuple(StreamInfo(name, True) for name in NAMES)
    return cls(streams=infos, n_outputs=K, dim=D, valence=None, **{**OWN[cls], **changed}).eval()


@pytest.mark.parametrize("cls", OWN)
def test_it_starts_near_the_mean_distribution(cls: type[Head]) -> None:
    head, labels, weight = made(cls), distributions(30), torch.rand(30)
    head.observe(labels, weight)
    mean = (weight[:, None] * labels).sum(0) / weight.sum()
    D_pred = head(state(6).streams)[0].softmax(-1)
    assert torch.allclose(D_pred, mean.expand(6, K), atol=0.02)
    assert (D_pred.std(0) > 0).all(), "but rows differ"


@pytest.mark.parametrize("cls", OWN)
def test_gradients(cls: type[Head]) -> None:
    def call(head: nn.Module, *z: Tensor) -> Tensor:
        states = {name: replace(given.streams[name], z=x) for name, x in zip(NAMES, z, strict=True)}
        logits: Tensor = head(states)[0]
        return logits

    given = state(3)
    assert gradcheck(made(cls), call, *(given.streams[name].z for name in NAMES))


@pytest.mark.parametrize("cls", [EmotionDict, LateFusion])
def test_an_absent_stream_is_not_heard(cls: type[Head]) -> None:
    head = made(cls)
    one = {"physiological": stream(2, seed=0), "behavioural": stream(2, seed=1, present=[True, False])}
    z = one["behavioural"].z
    other = {**one, "behavioural": replace(one["behavioural"], z=torch.stack([z[0], z[1] * 0 + 7]))}
    assert torch.equal(head(one)[0], head(other)[0])
    nothing = {name: stream(2, seed=i, present=[False, False]) for i, name in enumerate(NAMES)}
    assert head(nothing)[0].isfinite().all()


def test_atoms_stay_orthonormal_wherever_learning_leads() -> None:
    head = made(EmotionDict)
    assert isinstance(head, EmotionDict)
    with torch.no_grad():
        head.raw.add_(torch.randn_like(head.raw))
    Q = head.dictionary()
    assert torch.allclose(Q @ Q.mT, torch.eye(4), atol=1e-5)


def test_the_weights_of_atoms_and_streams_are_shares() -> None:
    diagnostics = made(EmotionDict).diagnostics(state(3).streams)
    assert diagnostics["atoms"].shape == (3, 4)
    assert diagnostics["streams"].shape == (3, 2)
    for view in diagnostics.values():
        assert torch.allclose(view.sum(-1), torch.ones(3))


def test_late_fusion_averages_the_predictions_of_the_streams_that_are_there() -> None:
    head = made(LateFusion)
    assert isinstance(head, LateFusion)
    head.observe(distributions(30), torch.ones(30))
    streams = {"physiological": stream(3, seed=0, present=[True, True, False]), "behavioural": stream(3, seed=1, present=[True, False, False])}  # fmt: skip
    one, two = ((head.prior + head.read[name](streams[name].z)).softmax(-1) for name in NAMES)
    expected = torch.stack([(one[0] + two[0]) / 2, one[1], head.prior.softmax(-1)])
    assert torch.allclose(head(streams)[0].softmax(-1), expected, atol=1e-6)


def test_correlated_labels_attend_to_each_others_tokens() -> None:
    head = made(LabelAttention)
    assert isinstance(head, LabelAttention)
    R = head.diagnostics(state(2).streams)["label_correlation"]
    assert torch.allclose(R.diagonal(), torch.ones(K), atol=1e-5)
    assert torch.allclose(R, torch.nn.functional.cosine_similarity(head.labels[:, None], head.labels[None], dim=-1), atol=1e-5)  # fmt: skip
    before = head(state(2).streams)[0]
    with torch.no_grad():
        head.gamma.fill_(20.0)
    assert not torch.allclose(before, head(state(2).streams)[0])


def test_correlation_is_that_of_numpy() -> None:
    labels, weight = distributions(20), torch.rand(20)
    cov = np.cov(labels.T.numpy().astype(float), aweights=weight.numpy().astype(float), ddof=0)
    scale = np.sqrt(np.diag(cov))
    assert np.allclose(weighted_correlation(labels, weight), cov / np.outer(scale, scale), atol=1e-4)
    labels[:, 2] = 0.3
    assert weighted_correlation(labels, weight).isfinite().all()


def test_label_correlation_of_the_prediction() -> None:
    objective, given, rows = LabelCorrelation(n_outputs=K, dim=D), state(6), batch(6)
    objective.observe(rows.D, rows.weight)
    perfect = replace(given, logits=rows.D.log())
    assert objective(perfect, rows) < 1e-6
    R, C = np.corrcoef(given.logits.softmax(-1).T), np.corrcoef(rows.D.T)
    expected = np.mean([(R[j, m] - C[j, m]) ** 2 for j in range(K) for m in range(K) if j != m])
    assert abs(float(objective(given, rows)) - expected) < 1e-4
    for n in (1, 2):
        assert objective(taken(given, range(n)), batch(n)).isfinite()


def test_rows_of_weight_0_leave_no_trace() -> None:
    weighted = batch(6, [1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    for objective in (
        LabelCorrelation(n_outputs=K, dim=D),
        Distillation(n_outputs=K, dim=D, student="behavioural", teacher="physiological"),
    ):
        assert torch.allclose(objective(state(6), weighted), objective(taken(state(6), range(4)), batch(4)), atol=1e-6)


def test_the_learned_correlation_can_meet_that_of_the_labels() -> None:
    torch.manual_seed(0)
    head, objective = made(LabelAttention), LabelCorrelation(n_outputs=K, dim=D, of="head")
    labels = distributions(40)
    objective.observe(labels, torch.ones(40))
    optimizer = torch.optim.Adam(head.parameters(), lr=0.05)
    losses = []
    for _ in range(40):
        given = state(4)
        given.logits, given.aux = head(given.streams)
        losses.append(objective(given, batch(4)))
        optimizer.zero_grad()
        losses[-1].backward()
        optimizer.step()
    assert losses[-1] < 0.05 * losses[0]


def test_a_head_without_correlation_is_named() -> None:
    with pytest.raises(PluginError, match="label_attention"):
        LabelCorrelation(n_outputs=K, dim=D, of="head")(state(2), batch(2))


def test_distillation_is_0_for_one_direction_and_4_for_opposite_ones() -> None:
    objective = Distillation(n_outputs=K, dim=D, student="behavioural", teacher="physiological")
    given = state(3)
    z = given.streams["physiological"].z
    for factor, expected in ((2.0, 0.0), (-0.5, 4.0)):
        given.streams["behavioural"] = replace(given.streams["behavioural"], z=factor * z)
        assert abs(float(objective(given, batch(3))) - expected) < 1e-5


def test_the_teacher_learns_nothing_from_its_student() -> None:
    given = state(3)
    for s in given.streams.values():
        s.z.requires_grad_()
    Distillation(n_outputs=K, dim=D, student="behavioural", teacher="physiological")(given, batch(3)).backward()
    assert given.streams["physiological"].z.grad is None
    student = given.streams["behavioural"].z.grad
    assert student is not None
    assert student.any()


def test_rows_without_one_of_the_streams_are_skipped() -> None:
    objective = Distillation(n_outputs=K, dim=D, student="behavioural", teacher="physiological")
    streams: dict[str, StreamState] = {
        "physiological": stream(3, seed=0, present=[True, False, True]),
        "behavioural": stream(3, seed=1, present=[True, True, True]),
    }
    given = replace(state(3), streams=streams)
    assert torch.allclose(objective(given, batch(3)), objective(taken(given, [0, 2]), batch(2)))
    with pytest.raises(PluginError, match="needs a stream 'face'"):
        Distillation(n_outputs=K, dim=D, student="face", teacher="physiological")(given, batch(3))


@pytest.mark.parametrize(
    ("cls", "changed", "message"),
    [
        (EmotionDict, {"atoms": 9}, "9 atoms cannot be orthonormal in a width of 8"),
        (LabelAttention, {"heads": 3}, "heads is 3"),
        (LateFusion, {"dropout": -0.1}, "dropout is -0.1"),
    ],
)
def test_bad_values_are_refused(cls: type[Head], changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        made(cls, **changed)


def test_a_student_of_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="both 'fused'"):
        Distillation(n_outputs=K, dim=D, student="fused", teacher="fused")
