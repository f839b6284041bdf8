"""distillation against its equation, which way gradients go, and what it refuses."""

from dataclasses import replace

import pytest
import torch

from mpcl_core.interfaces.errors import PluginError
from mpcl_plugins.objectives.distillation import Distillation
from support.states import D, K, batch, state, stream, taken


def objective() -> Distillation:
    return Distillation(n_outputs=K, dim=D, student="behavioural", teacher="physiological")


@pytest.mark.parametrize(("factor", "expected"), [(2.0, 0.0), (-0.5, 4.0)])
def test_it_is_zero_for_one_direction_and_four_for_opposite_ones(factor: float, expected: float) -> None:
    found = state(3)
    z = found.streams["physiological"].z
    found.streams["behavioural"] = replace(found.streams["behavioural"], z=factor * z)
    assert float(objective()(found, batch(3))) == pytest.approx(expected, abs=1e-5)


def test_gradients_reach_the_student_only() -> None:
    found = state(3)
    for each in found.streams.values():
        each.z.requires_grad_()
    objective()(found, batch(3)).backward()
    assert found.streams["physiological"].z.grad is None
    gradient = found.streams["behavioural"].z.grad
    assert gradient is not None
    assert gradient.any()


def test_windows_of_weight_zero_have_no_influence() -> None:
    weighted = batch(6, [1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    expected = objective()(taken(state(6), range(4)), batch(4))
    assert torch.allclose(objective()(state(6), weighted), expected, atol=1e-6)


def test_windows_without_one_of_the_streams_are_skipped() -> None:
    streams = {"physiological": stream(3, seed=0, present=[True, False, True]), "behavioural": stream(3, seed=1)}
    found = replace(state(3), streams=streams)
    assert torch.allclose(objective()(found, batch(3)), objective()(taken(found, [0, 2]), batch(2)))


def test_a_missing_stream_is_refused() -> None:
    with pytest.raises(PluginError, match="needs a stream 'face'"):
        Distillation(n_outputs=K, dim=D, student="face", teacher="physiological")(state(3), batch(3))


def test_a_student_that_is_its_own_teacher_is_refused() -> None:
    with pytest.raises(ValueError, match="both 'fused'"):
        Distillation(n_outputs=K, dim=D, student="fused", teacher="fused")
