"""What a study declares of a modality, against what a file states."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._folder.declared import check_units
from support.signal_reading import declare, read


@pytest.mark.parametrize(
    ("stated", "declared", "same"),
    [
        ("\u00b5V", "uV", True),
        ("\u03bcV", "uV", True),
        ("microvolts", "uV", True),
        ("uV", "\u00b5V", True),
        ("Celsius", "degC", True),
        ("mV", "MV", False),
        ("mV", "uS", False),
        ("", "uV", True),
        ("uV", "", True),
    ],
)
def test_a_unit_may_be_spelt_otherwise(stated: str, declared: str, same: bool, tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, eeg=np.zeros((1, 10)), eeg_unit=np.array(stated))
    if same:
        read(path, declare("Fz", unit=declared))
    else:
        with pytest.raises(DataError, match=f"{stated} in the file, but {declared} was declared"):
            read(path, declare("Fz", unit=declared))


@pytest.mark.parametrize(("stated", "declared", "factor"), [("mV", "uV", 1e3), ("nS", "uS", 1e-3), ("V", "mV", 1e3)])
def test_values_in_another_prefix_are_converted(stated: str, declared: str, factor: float, tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, eeg=np.ones((1, 10)), eeg_unit=np.array(stated))
    np.testing.assert_allclose(read(path, declare("Fz", unit=declared)).values, factor)


@pytest.mark.parametrize(
    ("modality", "unit"),
    [("eeg", "kg"), ("eeg", "uS"), ("wrist_gsr", "degC"), ("temperature", "Pa"), ("EMG", "mv"), ("eda", "s")],
)
def test_a_unit_of_something_else_is_refused(modality: str, unit: str) -> None:
    with pytest.raises(ValueError, match=rf"{modality}\.unit: '{unit}' is no unit of {modality}; write "):
        check_units({modality: declare("A", unit=unit)})


@pytest.mark.parametrize(
    ("modality", "unit"),
    [("eeg", "\u00b5V"), ("eeg", ""), ("eeg", "a.u."), ("gsr", "nS"), ("gsr", "Ohm"), ("gsr", "uV"), ("ppg", "nW")],
)
def test_units_of_a_modality_and_of_unknown_ones_are_accepted(modality: str, unit: str) -> None:
    declared = {modality: declare("A", unit=unit)}
    assert check_units(declared) == declared


def labelled(path: Path, *labels: str) -> Path:
    lines = [",".join(labels), *(",".join(str(number) for number, _ in enumerate(labels)) for _ in range(10))]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_channel_in_another_spelling_is_found(tmp_path: Path) -> None:
    path = labelled(tmp_path / "x.csv", "EEG Cz-Ref", "EEG Fp1-Ref")
    np.testing.assert_array_equal(read(path, declare("Fp1", "Cz")).values[:, 0], [1, 0])


def test_channel_that_several_labels_may_mean_is_refused(tmp_path: Path) -> None:
    path = labelled(tmp_path / "x.csv", "EEG Fp1-A1", "EEG Fp1-A2")
    with pytest.raises(
        DataError, match="Fp1: may be any of: EEG Fp1-A1, EEG Fp1-A2; write one of them under 'channels'"
    ):
        read(path, declare("Fp1"))
