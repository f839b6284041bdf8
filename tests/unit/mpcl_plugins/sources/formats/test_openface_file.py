"""Tables of OpenFace: frames without a face and dropped frames are missing."""

import csv
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from support.signal_reading import declare, read

RNG = np.random.default_rng(0)


def test_a_real_openface_table_with_spaces_in_its_header(data_dir: Path) -> None:
    path = data_dir / "openface" / "OpenFace_Test.csv"
    assert " AU01_r," in path.read_text().splitlines()[0]
    with path.open() as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    units = [name for name in rows[0] if name.startswith("AU") and name.endswith("_r")]
    assert len(units) == 17
    times = [float(row["timestamp"]) for row in rows]
    rate = (len(times) - 1) / (times[-1] - times[0])
    signal = read(path, declare(*units, sfreq=1000.0))
    assert rate == pytest.approx(signal.sfreq)
    np.testing.assert_allclose(signal.values.T, [[float(row[name]) for name in units] for row in rows], rtol=1e-6)
    with pytest.raises(DataError, match="1000 Hz in the file, but 30 Hz were declared"):
        read(path, declare(*units, sfreq=30.0))


def openface(path: Path, frames: np.ndarray, success: np.ndarray, values: np.ndarray, faces: int = 1) -> None:
    lines = ["frame, face_id, timestamp, confidence, success, AU12_r"]
    for n, ok, value in zip(frames, success, values, strict=True):
        lines += [f"{n + 1}, {face}, {n / 30:.3f}, 0.9, {ok}, {value}" for face in range(faces)]
    path.write_text("\n".join(lines))


def test_frames_without_a_face_and_dropped_frames_are_missing(tmp_path: Path) -> None:
    frames = np.delete(np.arange(300), [100, 200, 201])
    values, success = np.round(RNG.uniform(0, 5, 297), 3), np.ones(297, int)
    success[10:14] = 0
    openface(tmp_path / "face.csv", frames, success, values)
    expected = np.full(300, np.nan, np.float32)
    expected[frames] = np.where(success, values, np.nan)
    signal = read(tmp_path / "face.csv", declare("AU12_r", sfreq=30.0))
    np.testing.assert_array_equal(signal.values[0], expected)
    np.testing.assert_array_equal(
        read(tmp_path / "face.csv", declare("AU12_r", sfreq=30.0), 3.0, 7.0).values[0], expected[90:210]
    )


def test_two_faces_in_one_table_are_refused(tmp_path: Path) -> None:
    openface(tmp_path / "face.csv", np.arange(9), np.ones(9, int), np.zeros(9), faces=2)
    with pytest.raises(DataError, match="face_id: 2 faces, but a file must hold one"):
        read(tmp_path / "face.csv", declare("AU12_r", sfreq=30.0))
