"""Test that clips of DREAMER are recordings, on a file in the documented layout."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.dreamer import DREAMER
from support import study_files


def test_clips_have_their_last_seconds_at_two_rates(tmp_path: Path) -> None:
    source = DREAMER(path=study_files.dreamer(tmp_path), last=2.0)
    recordings = list(source.load())
    assert [(r.subject, r.trial) for r in recordings] == [(p, c) for p in "12" for c in "123"]
    assert {name: signal.values.shape for name, signal in recordings[0].signals.items()} == {
        "eeg": (14, 256),
        "ecg": (2, 512),
    }
    last = recordings[2].signals["ecg"].values
    np.testing.assert_allclose(last[:, 0], [3, 1003])
    assert source.modalities[0].ch_names[:2] == ("AF3", "F7")


def test_samples_without_any_electrode_are_missing(tmp_path: Path) -> None:
    recording = next(iter(DREAMER(path=study_files.dreamer(tmp_path)).load()))
    assert np.flatnonzero(np.isnan(recording.signals["eeg"].values).all(0)).tolist() == list(range(100, 110))


def test_labels_are_quadrants(tmp_path: Path) -> None:
    D = [r.D.tolist() for r in DREAMER(path=study_files.dreamer(tmp_path)).load()][:3]
    np.testing.assert_allclose(D, [[0, 0, 1, 0], [0.25] * 4, [0, 1, 0, 0]])


@pytest.mark.parametrize(
    ("valence", "message"), [([[1], [2], [6]], "a rating of 6 is not from 1 to 5"), ([[1]], "1 ratings for 3")]
)
def test_wrong_ratings_are_refused(valence: list[list[int]], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=rf"DREAMER\.mat, Data\{{1\}}\.ScoreValence.*{message}"):
        list(DREAMER(path=study_files.dreamer(tmp_path, valence=np.array(valence))).load())


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no file DREAMER\.mat"):
        list(DREAMER(path=tmp_path).load())
