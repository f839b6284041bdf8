"""Test that clips of SEED-V are recordings, on a file in the documented layout."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.seed_v import SeedV
from support import study_files

pytest.importorskip("mne")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return study_files.seed_v(tmp_path_factory.mktemp("seed_v"))


def test_clips_are_cut_at_the_stated_times(study: Path) -> None:
    recordings = list(SeedV(path=study).load())
    assert [r.trial for r in recordings] == [f"1-{n}" for n in range(1, 16)]
    assert [r.condition for r in recordings[:3]] == ["happy", "fear", "neutral"]
    assert recordings[4].signals["eeg"].values.shape == (62, 1000)
    np.testing.assert_allclose(recordings[4].signals["eeg"].values[:2, 0], [5, 1005], rtol=1e-5)


def test_times_must_fit_the_clips(study: Path, tmp_path: Path) -> None:
    (tmp_path / "EEG_raw").symlink_to(study / "EEG_raw")
    (tmp_path / "trial_start_end_timestamp.txt").write_text("Session 1:\nstart_second: [1]\nend_second: [2]\n")
    with pytest.raises(DataError, match="session 1 must have 15 starts and ends"):
        list(SeedV(path=tmp_path).load())
