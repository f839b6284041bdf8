"""Test that clips of SEED-IV are recordings, on files in the documented layout."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.seed_iv import SeedIV
from support import study_files


def test_clips_have_the_emotion_of_their_session(tmp_path: Path) -> None:
    recordings = list(SeedIV(path=study_files.seed_iv(tmp_path), last=2.0, smoothing=0.25).load())
    assert [(r.session, r.trial, r.condition) for r in recordings] == [
        ("1", "1-1", "sad"),
        ("1", "1-2", "fear"),
        ("1", "1-10", "sad"),
        ("2", "2-1", "fear"),
        ("2", "2-2", "sad"),
        ("2", "2-10", "happy"),
    ]
    assert {r.signals["eeg"].values.shape for r in recordings} == {(62, 400)}
    np.testing.assert_allclose(recordings[0].D, [0.125, 0.625, 0.125, 0.125])


def test_files_outside_of_a_session_are_refused(tmp_path: Path) -> None:
    path = study_files.seed_iv(tmp_path) / "1" / "1_20160518.mat"
    moved = path.rename(tmp_path / path.name)
    with pytest.raises(DataError, match="its folder must be 1, 2 or 3, the session"):
        list(SeedIV(path=moved).load())
