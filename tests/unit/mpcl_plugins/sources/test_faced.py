"""Test that clips of FACED are recordings, on files in the documented layout."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.faced import FACED
from support import study_files


@pytest.mark.parametrize("protocol", [3, 4])
def test_ratings_are_matched_with_clips_by_number(protocol: int, tmp_path: Path) -> None:
    source = FACED(path=study_files.faced(tmp_path, protocol))
    recordings = list(source.load())
    assert len(recordings) == 56
    for r in recordings:
        clip = int(r.trial)
        assert r.signals["eeg"].values.shape == (30, 50)
        assert (r.signals["eeg"].values == clip).all()
        assert source.labels[int(np.argmax(r.D))] == source.labels[clip % 8]
    assert recordings[0].condition == "anger"
    assert source.notes == ("Ratings by 'share': 56 of 56 rated rows have a distribution.",)


def test_ratings_off_the_scale_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"score, row \d+: 12 ratings from 0 to 7 are expected"):
        list(FACED(path=study_files.faced(tmp_path, score=8.0)).load())


def test_pickles_that_name_code_are_refused(tmp_path: Path) -> None:
    path = study_files.faced(tmp_path) / "Processed_data" / "sub000.pkl"
    path.write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(DataError, match=r"asks for os\.system"):
        list(FACED(path=tmp_path).load())
