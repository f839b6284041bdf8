"""A trained network predicts, shows its streams and returns its weights."""

import numpy as np
import pytest
import torch
from safetensors.torch import load

from mpcl_core.training.trained_network import TrainedNetwork
from support.trainers import FOLD, learnable, trainer

WINDOWS = learnable()


@pytest.fixture(scope="module")
def trained() -> TrainedNetwork:
    phase = trainer(epochs=1).phase(WINDOWS.take(FOLD.train))
    phase.train_epoch()
    return phase.trained_network(1)


def test_prediction_does_not_depend_on_the_other_windows(trained: TrainedNetwork) -> None:
    test = WINDOWS.take(FOLD.test)
    together = trained.predict(trained.prepare(test))
    alone = trained.predict(trained.prepare(test.take(np.arange(1))))
    np.testing.assert_allclose(together.sum(1), 1)
    np.testing.assert_allclose(alone, together[:1], atol=1e-6)


def test_streams_without_the_tensor_are_left_out(trained: TrainedNetwork) -> None:
    prepared = trained.prepare(WINDOWS.take(FOLD.test))
    assert {name: z.shape for name, z in trained.read_streams(prepared, lambda stream: stream.z).items()} == {
        "physiological": (len(FOLD.test), 8),
        "behavioural": (len(FOLD.test), 8),
    }
    assert trained.read_streams(prepared, lambda stream: None) == {}


def test_diagnostics_are_those_of_the_chosen_windows(trained: TrainedNetwork) -> None:
    prepared = trained.prepare(WINDOWS.take(FOLD.test))
    several, one = trained.diagnostics(prepared, np.arange(4)), trained.diagnostics(prepared, np.array([2]))
    assert several.keys() == one.keys()
    assert all(np.isfinite(values).all() for values in several.values())


def test_weights_are_a_file_of_the_network_without_its_objectives(trained: TrainedNetwork) -> None:
    stored = load(trained.weights())
    expected = trained.learner.network.state_dict()
    assert stored.keys() == expected.keys()
    assert all(torch.equal(stored[name], value) for name, value in expected.items())
