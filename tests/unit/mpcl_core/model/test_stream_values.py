"""Tensors of the streams are read for every window; those of pooled windows belong to their trial."""

from dataclasses import replace

import numpy as np

from mpcl_core.model.stream_values import stream_values
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.training.trained_network import TrainedNetwork
from support.small_models import new_person, small_model


def trained_network() -> TrainedNetwork:
    trained = small_model().trained
    assert isinstance(trained, TrainedNetwork)
    return trained


def test_each_stream_has_one_embedding_for_each_window() -> None:
    z = stream_values(trained_network(), new_person(), lambda stream: stream.z)
    assert {name: values.shape[0] for name, values in z.items()} == {"physiological": 12, "behavioural": 12}


def test_streams_without_the_tensor_are_left_out() -> None:
    assert stream_values(trained_network(), new_person(), lambda stream: None) == {}


def test_ratings_do_not_change_what_is_read() -> None:
    trained, windows = trained_network(), new_person()
    other = replace(windows, D=windows.D[:, ::-1].copy())
    first, second = (stream_values(trained, each, lambda stream: stream.z) for each in (windows, other))
    for name, values in first.items():
        assert np.array_equal(values, second[name])


def test_pooled_windows_of_a_trial_share_its_embedding() -> None:
    trained, windows = replace(trained_network(), pool=PoolSettings(unit="trial")), new_person()
    windows.modalities = tuple(replace(modality, sfreq=None) for modality in windows.modalities)
    windows.trial = np.repeat(["a", "b", "c"], 4)
    for values in stream_values(trained, windows, lambda stream: stream.z).values():
        assert (values == values[[0] * 4 + [4] * 4 + [8] * 4]).all()
        assert (values[0] != values[4]).any()
