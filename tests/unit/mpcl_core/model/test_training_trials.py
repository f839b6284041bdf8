"""The trials of the training are found by the cosine of their embeddings, also after they were stored."""

import numpy as np

from mpcl_core import testing
from mpcl_core.model.training_trials import NearTrial, TrainingTrials
from mpcl_core.toolkit.state_file import decode_state, encode_state


def trials() -> TrainingTrials:
    windows = testing.study(2, 2, 2)
    z = np.array([[1, 0], [3, 0], [0, 2], [0, 2], [-1, 0], [-1, 0], [1, 1], [1, 1]], np.float32)
    return TrainingTrials.of(windows, {"a": z[:, :1], "b": z[:, 1:]})


def test_trials_average_their_windows() -> None:
    found = trials()
    assert found.trial.tolist() == ["t0", "t1", "t0", "t1"]
    assert np.allclose(found.z, [[1, 0], [0, 1], [-1, 0], [0.5**0.5, 0.5**0.5]])


def test_nearest_trials_come_first() -> None:
    stored = TrainingTrials.from_state(decode_state(encode_state(trials().state_dict())))
    ((first, second),) = stored.nearest({"a": np.array([[2.0]]), "b": np.array([[0.0]])}, 2)
    assert first == NearTrial("S00", "", "t0", 1.0)
    assert (second.subject, second.trial) == ("S01", "t1")


def test_window_without_an_embedding_is_equally_far_from_all() -> None:
    (near,) = trials().nearest({"a": np.zeros((1, 1)), "b": np.zeros((1, 1))}, 4)
    assert [each.similarity for each in near] == [0.0] * 4
