"""Windows from epochs of MNE-Python, and back."""

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError

mne = pytest.importorskip("mne", reason="MNE is not installed (extra 'mne')")

RNG = np.random.default_rng(0)
EEG, GSR = RNG.normal(size=(4, 2, 50)) * 1e-5, RNG.normal(size=(4, 1, 8)) * 1e-6
D = RNG.dirichlet(np.ones(3), 4)
LABELS = ("joy", "fear", "calm")


def epochs(values: np.ndarray, names: list[str], kinds: list[str], sfreq: float) -> object:
    return mne.EpochsArray(values, mne.create_info(names, sfreq, kinds, verbose="ERROR"), verbose="ERROR")


def made(**columns: object) -> WindowSet:
    of = {"eeg": epochs(EEG, ["Fz", "Cz"], ["eeg", "eeg"], 100.0), "gsr": epochs(GSR, ["E"], ["gsr"], 4.0)}
    return WindowSet.from_epochs(of, D, labels=LABELS, **columns)


def test_epochs_become_windows_in_usual_units() -> None:
    windows = made(subject="s1", trial=[1, 1, 2, 2])
    assert windows.modalities == (
        Modality("eeg", 2, 50, 100.0, ("Fz", "Cz"), "uV"),
        Modality("gsr", 1, 8, 4.0, ("E",), "uS"),
    )
    np.testing.assert_allclose(windows.X["eeg"], EEG * 1e6, rtol=1e-5)
    assert windows.subject.tolist() == ["s1"] * 4
    assert windows.trial.tolist() == ["1", "1", "2", "2"]
    assert windows.window.tolist() == [0, 1, 0, 1]
    np.testing.assert_array_equal(windows.D, D)


def test_windows_become_epochs_in_si_units() -> None:
    windows = made(subject="s1")
    windows.present["eeg"][1], windows.X["eeg"][1] = False, 0
    back = windows.to_epochs("eeg")
    assert (back.ch_names, back.info["sfreq"], set(back.get_channel_types())) == (["Fz", "Cz"], 100.0, {"eeg"})
    np.testing.assert_allclose(back.get_data(copy=False), EEG[[0, 2, 3]], rtol=1e-5)


def test_epochs_that_do_not_fit_are_refused() -> None:
    mixed = epochs(EEG, ["Fz", "E"], ["eeg", "gsr"], 100.0)
    with pytest.raises(DataError, match="eeg: has channels of types eeg, gsr; pick one type a modality"):
        WindowSet.from_epochs({"eeg": mixed}, D, labels=LABELS)
    with pytest.raises(DataError, match="gsr: has 4 epochs, but there are 3 distributions"):
        WindowSet.from_epochs({"gsr": epochs(GSR, ["E"], ["gsr"], 4.0)}, D[:3], labels=LABELS)
    with pytest.raises(DataError, match="face: there is no such modality"):
        made().to_epochs("face")
