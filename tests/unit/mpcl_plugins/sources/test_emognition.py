"""Test that clips of Emognition are recordings, on files in the documented layout."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.emognition import Emognition
from support import study_files


def test_clips_of_emotions_are_recordings(tmp_path: Path) -> None:
    source = Emognition(path=study_files.emognition(tmp_path))
    recordings = list(source.load())
    assert [(r.subject, r.trial) for r in recordings] == [("22", "awe"), ("22", "fear"), ("23", "awe"), ("23", "fear")]
    assert {name: signal.values.shape for name, signal in recordings[0].signals.items()} == {
        "eeg": (4, 512),
        "ppg": (1, 128),
        "gsr": (1, 8),
        "temperature": (1, 8),
    }
    assert "eeg" not in recordings[1].signals
    np.testing.assert_allclose(recordings[0].D, np.eye(9)[0])
    assert source.notes == ("Ratings by 'above_floor': 4 of 4 rated rows have a distribution.",)


def test_neutral_clip_is_read_on_request(tmp_path: Path) -> None:
    recordings = list(Emognition(path=study_files.emognition(tmp_path), neutral=True, at_floor="uniform").load())
    assert [r.trial for r in recordings[:3]] == ["awe", "fear", "neutral"]
    np.testing.assert_allclose(recordings[2].D, 1 / 9)


@pytest.mark.parametrize("score", ["6", "often", [1]])
def test_ratings_off_the_scale_are_refused(score: object, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"questionnaires, row 0: .* is not a rating from 1 to 5"):
        list(Emognition(path=study_files.emognition(tmp_path, score)).load())
