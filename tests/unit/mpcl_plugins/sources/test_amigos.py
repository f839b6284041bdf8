"""Test that videos of AMIGOS are recordings, on a file in the documented layout."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.amigos import AMIGOS
from support import study_files


def test_short_videos_with_choices_are_recordings(tmp_path: Path) -> None:
    source = AMIGOS(path=study_files.amigos(tmp_path))
    recordings = list(source.load())
    assert [r.trial for r in recordings] == [str(n) for n in range(1, 17) if n not in (3, 4)]
    assert {r.subject for r in recordings} == {"P01"}
    assert {name: signal.values.shape for name, signal in recordings[0].signals.items()} == {
        "eeg": (14, 256),
        "ecg": (2, 256),
        "gsr": (1, 256),
    }
    np.testing.assert_allclose(recordings[0].signals["gsr"].values[0, 0], 16001)
    np.testing.assert_allclose(recordings[0].D, np.r_[1.1, np.full(6, 0.1)] / 1.7)


def test_zeros_of_a_sensor_are_no_signal(tmp_path: Path) -> None:
    recordings = {r.trial: r for r in AMIGOS(path=study_files.amigos(tmp_path)).load()}
    assert "gsr" not in recordings["5"].signals


def test_long_videos_are_read_on_request(tmp_path: Path) -> None:
    recordings = list(AMIGOS(path=study_files.amigos(tmp_path), videos="all").load())
    assert [r.condition for r in recordings[-4:]] == ["long"] * 4


def test_choices_other_than_yes_and_no_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="labels_selfassessment, row 0: a choice is neither 0 nor 1"):
        list(AMIGOS(path=study_files.amigos(tmp_path, choice=2.0)).load())
