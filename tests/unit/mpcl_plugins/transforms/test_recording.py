"""One signal of a recording changes, the others stay."""

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, Recording, Signal
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.transforms._recording import change_signal, sampled_modality

MODALITIES = (Modality("eeg", 2, None, 128.0), Modality("face", 3, 17, None))


def test_modality_comes_with_its_rate() -> None:
    assert sampled_modality(MODALITIES, "eeg") == (MODALITIES[0], 128.0)


def test_table_and_unknown_name_are_refused() -> None:
    with pytest.raises(DataError, match="face: has no sampling rate"):
        sampled_modality(MODALITIES, "face")
    with pytest.raises(DataError, match="There are: eeg, face"):
        sampled_modality(MODALITIES, "ecg")


def test_only_the_named_signal_changes() -> None:
    signals = {name: Signal(np.ones((1, 4), np.float32), 4.0) for name in ("a", "b")}
    recording = Recording(signals, np.array([1.0]), "s", "t", weight=2.0)
    changed = change_signal(recording, "a", lambda signal: Signal(signal.values * 2, 2.0))
    assert changed.signals["a"].sfreq == 2.0
    assert changed.signals["b"] is signals["b"]
    assert (changed.subject, changed.trial, changed.weight) == ("s", "t", 2.0)
    assert recording.signals["a"] is signals["a"]
    assert change_signal(recording, "c", lambda signal: signal) is recording
