"""Test that rated seconds of K-EmoCon are recordings, on files in the documented layout."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.k_emocon import KEmoCon
from support import study_files


def test_rows_rate_the_five_seconds_before(tmp_path: Path) -> None:
    recordings = list(KEmoCon(path=study_files.k_emocon(tmp_path)).load())
    assert [(r.subject, r.trial, r.stimulus) for r in recordings] == [
        (subject, str(second), debate)
        for subject, debate in (("P1", "debate-1"), ("P29", "debate-15"))
        for second in (5, 10, 15, 20)
    ]
    first = recordings[0].signals
    assert {name: signal.values.shape for name, signal in first.items()} == {
        "ppg": (1, 320),
        "gsr": (1, 20),
        "temperature": (1, 20),
    }
    np.testing.assert_allclose(first["ppg"].values[0, [0, -1]], [10, 15 - 1 / 64])
    assert np.isnan(first["gsr"].values).sum() == 8
    np.testing.assert_allclose(recordings[0].D, [2 / 3, 0, 0, 1 / 3, 0])


def test_the_other_device_of_a_file_is_left_out(tmp_path: Path) -> None:
    recordings = [r for r in KEmoCon(path=study_files.k_emocon(tmp_path)).load() if r.subject == "P29"]
    assert min(float(np.nanmin(r.signals["ppg"].values)) for r in recordings) >= 10


def test_ratings_off_the_scale_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"P1\.self\.csv, cheerful, line 2"):
        list(KEmoCon(path=study_files.k_emocon(tmp_path, score=5)).load())


@pytest.mark.parametrize(("old", "new"), [("\n1550000001000.0,", "\nsoon,"), (",12.0,A013E1", ",much,A013E1")])
def test_cell_of_a_signal_that_is_no_number_is_named(old: str, new: str, tmp_path: Path) -> None:
    path = study_files.k_emocon(tmp_path)
    table = path / "e4_data" / "29" / "E4_BVP.csv"
    text = table.read_text().replace(old, new, 1)
    table.write_text(text)
    line = text[: text.index(new) + 1].count("\n") + 1
    with pytest.raises(DataError, match=rf"E4_BVP\.csv, (timestamp|value), line {line}: '(soon|much)' is not a number"):
        list(KEmoCon(path=path).load())


def test_time_stamp_of_a_signal_that_cannot_be_is_named_with_its_line(tmp_path: Path) -> None:
    path = study_files.k_emocon(tmp_path)
    table = path / "e4_data" / "29" / "E4_BVP.csv"
    text = table.read_text() + "\n1e15,29,1,A013E1"
    table.write_text(text)
    with pytest.raises(DataError, match=rf"E4_BVP\.csv, timestamp, line {len(text.splitlines())}: a gap of"):
        list(KEmoCon(path=path).load())
