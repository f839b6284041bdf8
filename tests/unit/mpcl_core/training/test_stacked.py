"""Stacked networks: each is trained and evaluated as it would be by itself."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from mpcl_core.interfaces.components import Objective
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.training.stacked import StackedNetworks, parameters_with_gradient
from mpcl_plugins.memories.situation_bank import SituationBank
from support.cohorts import complete, folds, phases
from support.specs import block, network
from support.trainers import learnable


@pytest.fixture
def double() -> Iterator[None]:
    """Compute in double precision."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.slow
@pytest.mark.parametrize("dropped", [0.0, 0.4])
@pytest.mark.usefixtures("double")
def test_twenty_stacked_steps_equal_twenty_single_steps(dropped: float) -> None:
    """To 1e-7 in double precision: parameters, memories and moments."""
    model, windows = complete(modality_dropout=dropped, batch_size=32, schedule="one_cycle", epochs=30), learnable()
    single, stacked = phases(model, windows), phases(model, windows)
    stack = StackedNetworks(stacked, parameters_with_gradient(stacked[0]))
    for _ in range(7):  # 3 steps each, or 2, or 4: more than 20 of the first
        for phase, losses in zip(single, stack.train_epoch([True] * 3), strict=True):
            assert losses == pytest.approx(phase.train_epoch(), abs=1e-7)
    for phase, other in zip(single, stacked, strict=True):
        expected, actual = phase.state_dict(), other.state_dict()
        assert phase.epochs == other.epochs == 7
        assert expected["generator"].equal(actual["generator"])
        for name, value in expected["learner"].items():
            assert torch.allclose(value.double(), actual["learner"][name].double(), atol=1e-7), name
        for name, tensors in expected["optimizer"].items():
            for tensor, other_tensor in zip(tensors, actual["optimizer"][name], strict=True):
                assert torch.allclose(tensor, other_tensor, atol=1e-7), name


def with_situations() -> NetworkSpec:
    base = network(batch_size=64)
    streams = {n: type(s)(s.encoders, s.fusion, block(SituationBank)) for n, s in base.streams.items()}
    return replace(base, streams=streams)


def windows_of_clips() -> WindowSet:
    windows = learnable()
    windows.stimulus = np.array([f"clip{i % 5}" for i in range(len(windows))])
    return windows


@pytest.mark.usefixtures("double")
def test_situation_banks_of_folds_of_unequal_size_learn_as_by_themselves() -> None:
    """Their buffers hold the distinct labels of each fold, which are padded in the stack."""
    model, windows = with_situations(), windows_of_clips()
    single, stacked = phases(model, windows), phases(model, windows)
    banks = [dict(phase.learner.named_buffers()) for phase in stacked]
    sizes = [[len(value) for name, value in own.items() if name.endswith("memory.rated")] for own in banks]
    assert sizes == [[70, 70], [50, 50], [101, 101]]
    stack = StackedNetworks(stacked, parameters_with_gradient(stacked[0]))
    for _ in range(2):
        for phase, losses in zip(single, stack.train_epoch([True] * 3), strict=True):
            assert losses == pytest.approx(phase.train_epoch(), abs=1e-7)
    for phase, other in zip(single, stacked, strict=True):
        other.write_back()
        found = dict(other.learner.named_buffers())
        for name, value in phase.learner.named_buffers():
            assert torch.allclose(value.double(), found[name].double(), atol=1e-7), name


def test_buffers_of_unequal_length_are_refused_where_padding_may_make_a_difference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(SituationBank, "padded_buffers", ())
    members = phases(with_situations(), windows_of_clips())
    with pytest.raises(RuntimeError, match="equal size"):
        StackedNetworks(members, parameters_with_gradient(members[0]))


def test_networks_whose_windows_lie_apart_are_not_stacked() -> None:
    one, other = phases(network(), learnable())[0], phases(network(), learnable())[0]
    with pytest.raises(ValueError, match="windows of one study"):
        StackedNetworks([one, other], parameters_with_gradient(one))


@pytest.mark.usefixtures("double")
def test_network_that_does_not_learn_is_not_changed() -> None:
    stacked = phases(complete(), learnable())
    before = [{name: value.clone() for name, value in phase.learner.state_dict().items()} for phase in stacked]
    losses = StackedNetworks(stacked, parameters_with_gradient(stacked[0])).train_epoch([True, False, True])
    assert losses[1] == {}
    assert all(torch.equal(value, before[1][name]) for name, value in stacked[1].weights().items())
    assert stacked[1].epochs == 0
    learned = {name: value for name, value in stacked[0].weights().items() if "weight" in name}
    assert not any(torch.equal(value, before[0][name]) for name, value in learned.items())


def test_validation_of_unequally_many_windows_equal_those_of_single_networks() -> None:
    windows = learnable()
    stacked = phases(complete(), windows)
    store = stacked[0].windows.tensors
    held_out = [store.add(windows.take(fold.test)) for fold in folds()]  # type: ignore[attr-defined]
    single = [phase.validate(own) for phase, own in zip(stacked, held_out, strict=True)]
    stack = StackedNetworks(stacked, parameters_with_gradient(stacked[0]))
    for expected, actual in zip(single, stack.validate(held_out), strict=True):
        assert actual is not None
        assert actual.divergences == pytest.approx(expected.divergences, abs=1e-5)
        assert actual.D_pred == pytest.approx(expected.D_pred, abs=1e-5)
    one = stack.validate([None, held_out[1], None])
    assert one[1] is not None
    assert one[1].divergences == pytest.approx(single[1].divergences, abs=1e-5)
    assert one[0] is None


def test_parameter_that_no_loss_depends_on_is_not_changed() -> None:
    """A single network does not change it either: without a gradient there is no weight decay."""

    class OneStream(Objective):
        """Depend on one stream only."""

        name = "one_stream"

        def forward(self, state, batch):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return state.streams["behavioural"].z.square().mean()

    stacked = phases(network(objectives={"one_stream": (block(OneStream), 1.0)}), learnable())
    names = parameters_with_gradient(stacked[0])
    assert names
    assert all("behavioural" in name for name in names)
    before = {name: value.clone() for name, value in stacked[0].learner.state_dict().items()}
    StackedNetworks(stacked, names).train_epoch([True] * 3)
    after = stacked[0].weights()
    assert all(torch.equal(after[name], before[name]) for name in before if name not in names)
    assert not torch.equal(after[names[0]], before[names[0]])


def test_finding_the_parameters_with_gradient_draws_no_random_number() -> None:
    phase = phases(complete(modality_dropout=0.4), learnable())[0]
    before = phase.generator.get_state(), torch.get_rng_state()
    parameters_with_gradient(phase)
    assert phase.generator.get_state().equal(before[0])
    assert np.array_equal(torch.get_rng_state(), before[1])
