"""Archives of arrays, and faults that name the array."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from support.signal_reading import declare, read

RNG = np.random.default_rng(0)


def test_an_archive_of_arrays(tmp_path: Path) -> None:
    eeg, gsr = RNG.normal(size=(3, 512)), RNG.integers(0, 99, 8)
    names = np.array(["Fz", "Cz", "Pz"])
    np.savez_compressed(tmp_path / "x.npz", eeg=eeg, eeg_sfreq=256, eeg_unit="uV", eeg_ch_names=names, gsr=gsr)
    signal = read(tmp_path / "x.npz", declare("Pz", "Fz", sfreq=256.0, unit="uV", part="eeg"), 0.5, 1.0)
    np.testing.assert_allclose(signal.values, eeg[[2, 0], 128:256], rtol=1e-6)
    np.testing.assert_array_equal(read(tmp_path / "x.npz", declare("any", sfreq=4.0, part="gsr")).values[0], gsr)


BAD_ARRAYS: dict[str, tuple[dict[str, np.ndarray], str]] = {
    "another rate": ({"e": np.zeros((2, 9)), "e_sfreq": np.array(50)}, "50 Hz in the file, but 100 Hz were declared"),
    "another count": ({"e": np.zeros((3, 9))}, "e: 3 channels, but 2 were declared"),
    "transposed": ({"e": np.zeros((9, 2))}, "e: 9 channels, but 2 were declared"),
    "long and transposed": (
        {"e": np.zeros((70_000, 2))},
        "e is of shape (70000, 2), but (channels, samples) is expected",
    ),
    "other names": ({"e": np.zeros((2, 9)), "e_ch_names": np.array(["a", "c"])}, "b: there is no such channel"),
    "too many names": ({"e": np.zeros((2, 9)), "e_ch_names": np.array(["a"])}, "e_ch_names: 1 names for 2 channels"),
    "two arrays": ({"e": np.zeros((2, 9)), "f": np.zeros((2, 9))}, "no part of it was declared. It has: e, f"),
    "text": ({"e": np.array(["x", "y"])}, "no part of it was declared. It has: no parts"),
    "objects": ({"e": np.array([{}, {}])}, "no part of it was declared"),
    "infinite": ({"e": np.full((2, 9), np.inf)}, "e, row 0: holds an infinite value"),
    "no samples": ({"e": np.zeros((2, 0))}, "e: there is no sample"),
    "rates": ({"e": np.zeros((2, 9)), "e_sfreq": np.zeros(2)}, "e_sfreq: float64 of shape (2,)"),
    "a unit that is none": ({"e": np.zeros((2, 9)), "e_unit": np.zeros(2)}, "e_unit: float64, but text is expected"),
}


@pytest.mark.parametrize(("arrays", "message"), BAD_ARRAYS.values(), ids=BAD_ARRAYS)
def test_a_fault_of_an_archive_names_the_array(arrays: dict[str, np.ndarray], message: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", **arrays)  # type: ignore[arg-type]
    with pytest.raises(DataError) as caught:
        read(tmp_path / "x.npz", declare("a", "b"))
    assert message in str(caught.value)


def test_a_gap_in_an_array_stays_one(tmp_path: Path) -> None:
    values = np.array([1.0, np.nan, 3.0])
    np.savez(tmp_path / "x.npz", e=values)
    np.testing.assert_array_equal(read(tmp_path / "x.npz", declare("e")).values[0], values)
