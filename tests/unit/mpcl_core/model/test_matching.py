"""Windows are brought into the form of a model: channels reordered, units converted, or one clear sentence."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.matching import match_windows
from support.model_descriptions import described

EEG = Modality("eeg", 2, 3, 64.0, ("Fz", "Cz"), "uV")
GSR = Modality("gsr", 1, 2, 4.0, (), "uS")
MODEL = described(inputs=(EEG, GSR), modalities=(EEG, GSR))


def windows(modality: Modality = EEG) -> WindowSet:
    shape = (2, modality.n_chans, modality.n_times or 1)
    values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    name = modality.name
    D = np.full((2, 3), 1 / 3)
    return WindowSet((modality,), {name: values}, {name: np.ones(2, bool)}, D, ("a", "b", "c"))


def test_modality_that_the_input_lacks_is_absent() -> None:
    found = match_windows(windows(), MODEL)
    assert found.modalities == (EEG, GSR)
    assert found.labels == ("joy", "fear")
    assert found.D.tolist() == [[0.5, 0.5]] * 2
    assert not found.present["gsr"].any()
    assert found.X["gsr"].shape == (2, 1, 2)
    assert found.validate() is found


def test_channels_are_reordered_and_further_ones_left_out() -> None:
    own = replace(EEG, n_chans=3, ch_names=("Cz", "Pz", "Fz"))
    given = windows(own)
    assert np.array_equal(match_windows(given, MODEL).X["eeg"], given.X["eeg"][:, [2, 0]])


def test_unit_is_converted() -> None:
    given = windows(replace(EEG, unit="mV"))
    assert np.allclose(match_windows(given, MODEL).X["eeg"], given.X["eeg"] * 1000)


@pytest.mark.parametrize(
    ("own", "message"),
    [
        (replace(EEG, sfreq=128.0), "eeg: 128 Hz, but the model takes 64 Hz; resample it first"),
        (replace(EEG, n_times=5), "eeg: 5 values in a window, but the model takes 3"),
        (replace(EEG, unit="degC"), "eeg: is in degC, but the model takes uV"),
        (replace(EEG, ch_names=("Fz", "Pz")), "eeg: lacks the channel Cz, which the model takes"),
        (replace(EEG, n_chans=3, ch_names=()), "eeg: 3 channels, but the model takes 2"),
        (replace(EEG, name="ecg"), "the model takes eeg, gsr, but the input has ecg"),
    ],
)
def test_input_that_does_not_fit_is_named(own: Modality, message: str) -> None:
    with pytest.raises(DataError, match=message):
        match_windows(windows(own), MODEL)


def test_arrays_need_no_window_set() -> None:
    values = np.ones((2, 2, 3))
    values[1] = np.nan
    found = match_windows({"eeg": values}, MODEL)
    assert found.present["eeg"].tolist() == [True, False]
    values[0, 0, 0] = np.nan
    with pytest.raises(DataError, match="eeg, row 0: holds NaN in part of a window"):
        match_windows({"eeg": values}, MODEL)
    with pytest.raises(DataError, match=r"the model takes \(N, 2, 3\)"):
        match_windows({"eeg": np.ones((2, 3, 2))}, MODEL)
