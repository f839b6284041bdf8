"""Test that videos of CASE are recordings, on files in the documented layout."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.case import CASE
from support import study_files


def test_videos_are_cut_by_their_number_without_it(tmp_path: Path) -> None:
    source = CASE(path=study_files.case(tmp_path), last=0.5)
    recordings = list(source.load())
    assert [(r.subject, r.trial, r.condition) for r in recordings] == [
        (f"sub_{person}", video, name) for person in (1, 2, 10) for video, name in (("1", "amusing"), ("8", "scary"))
    ]
    assert {name: signal.values.shape[0] for name, signal in recordings[0].signals.items()} == {
        "ecg": 1,
        "ppg": 1,
        "gsr": 1,
        "respiration": 1,
        "temperature": 1,
        "emg": 3,
    }
    np.testing.assert_allclose(recordings[0].signals["ecg"].values[0, [0, -1]], [2.5, 2.999], atol=1e-4)
    np.testing.assert_allclose([r.D for r in recordings[:2]], [[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]])
    assert all("video" not in (modality.ch_names or ()) for modality in source.modalities)


def test_positions_off_the_scale_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"annotations/sub_1\.csv, valence, line 22: a position is not from 0\.5 to 9\.5"
    ):
        list(CASE(path=study_files.case(tmp_path, valence=10.0)).load())
