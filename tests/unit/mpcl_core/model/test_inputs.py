"""What is to be predicted is taken as users hold it: arrays, epochs, recordings."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core import testing
from mpcl_core.interfaces.data import Recording, Signal
from mpcl_core.interfaces.errors import DataError
from support.small_models import small_model

mne = pytest.importorskip("mne", exc_type=ImportError)
SIGNALS = [modality.name for modality in testing.study().modalities if modality.sfreq]


def test_epochs_by_modality_are_predicted_as_their_windows() -> None:
    model, windows = small_model(), testing.study().take(np.arange(4))
    units = {"eeg": "uV", "gsr": "uS"}  # MNE holds volts and siemens
    windows.modalities = tuple(replace(each, unit=units.get(each.name, "")) for each in windows.modalities)
    arrays = {name: windows.X[name] for name in SIGNALS}
    epochs = {name: windows.to_epochs(name) for name in SIGNALS}
    np.testing.assert_allclose(model.predict(epochs).D_pred, model.predict(arrays).D_pred, atol=1e-6)


def test_epochs_without_a_name_need_a_model_of_one_modality() -> None:
    model, windows = small_model(), testing.study().take(np.arange(4))
    epochs = windows.to_epochs(SIGNALS[0])
    with pytest.raises(DataError, match=r"pass epochs by modality: \{'"):
        model.predict(epochs)
    with pytest.raises(DataError, match="is no epochs, as the others are: other"):
        model.predict({SIGNALS[0]: epochs, "other": np.zeros((4, 1, 1))})


def test_recording_with_other_channels_and_other_objects_are_refused() -> None:
    model = small_model()
    name = model.description.inputs[0].name
    recording = Recording({name: Signal(np.zeros((99, 8), np.float32), 8.0)}, np.array([1.0]), "s1", "t1")
    with pytest.raises(DataError, match=f"{name}: 99 channels, but the model takes"):
        model.predict(recording)
    with pytest.raises(DataError, match="a value of type str cannot be predicted"):
        model.predict("file.edf")
