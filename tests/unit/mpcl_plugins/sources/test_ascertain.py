"""Test that clips of ASCERTAIN are recordings, on files in the documented layout."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.ascertain import ASCERTAIN
from support import study_files


def test_leads_stand_in_other_columns_for_later_people(tmp_path: Path) -> None:
    recordings = list(ASCERTAIN(path=study_files.ascertain(tmp_path)).load())
    assert [(r.subject, r.trial) for r in recordings] == [("P08", "1"), ("P08", "2"), ("P09", "1"), ("P09", "2")]
    early, late = recordings[0].signals, recordings[2].signals
    np.testing.assert_allclose(early["ecg"].values[:, 0], [1001, 2001])
    np.testing.assert_allclose(late["ecg"].values[:, 0], [4001, 5001])
    assert late["gsr"].values.shape == (1, 256)
    np.testing.assert_allclose(late["gsr"].values[0, 0], 4001)
    np.testing.assert_allclose(recordings[0].D, [1, 0, 0, 0])


def test_ratings_off_the_scale_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"Ratings, row 0: a rating of 4 is not from -3 to 3"):
        list(ASCERTAIN(path=study_files.ascertain(tmp_path, valence=4.0)).load())
