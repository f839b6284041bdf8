"""Votes on the clips of CREMA-D as windows, and which tables are refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.data.grade import grade_fold
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols.subject_kfold import SubjectKFold
from mpcl_plugins.sources.crema_d_votes import CremaDVotes
from support.crema_d_files import ROWS, published, save, simple


@pytest.mark.parametrize("write", [simple, published])
def test_votes_become_shares(tmp_path: Path, write: Callable[[list[tuple[object, ...]]], str]) -> None:
    source = CremaDVotes(path=save(tmp_path, write(ROWS)))
    windows = source.load()
    assert windows.modalities == source.modalities
    assert windows.X["voice"][1, :, 0] == pytest.approx(np.array([1, 0, 1, 2, 5, 1]) / 10)
    assert windows.X["face"][1, :, 0] == pytest.approx(np.array([2, 0, 1, 2, 5, 1]) / 11)
    np.testing.assert_allclose(windows.D[1], np.array([3.1, 0.1, 1.1, 2.1, 5.1, 1.1]) / 12.6)
    assert windows.subject.tolist() == ["1001", "1001", "1002"]
    assert windows.trial.tolist() == ["IEO_HAP_LO", "DFA_ANG_XX", "IEO_NEU_XX"]
    assert windows.condition.tolist() == ["happiness", "anger", "neutral"]
    assert windows.stimulus.tolist() == ["IEO", "DFA", "IEO"]


def test_missing_kinds_of_votes(tmp_path: Path) -> None:
    rows = [row for row in ROWS if row[:2] not in {(1, "1001_IEO_HAP_LO"), (3, "1002_IEO_NEU_XX")}]
    rows[2] = (2, "1001_IEO_HAP_LO", 0, 0, 0, 0, 0, 0)
    source = CremaDVotes(path=save(tmp_path, simple(rows)))
    windows = source.load()
    assert windows.trial.tolist() == ["DFA_ANG_XX", "IEO_HAP_LO"]
    assert {name: present.tolist() for name, present in windows.present.items()} == {
        "voice": [True, False],
        "face": [True, False],
    }
    assert source.notes == (
        "2 of 3 clips are used: the others have no votes on both voice and face.",
        "1 clips have no votes by voice.",
        "1 clips have no votes by face.",
    )


FAULTS: dict[str, tuple[tuple[object, ...], str]] = {
    "name of a clip": (
        (1, "1001_IEO_JOY_LO", 1, 0, 0, 0, 0, 0),
        "file, line 4: '1001_IEO_JOY_LO' is not the name of a",
    ),
    "kind of votes": ((4, "1003_IEO_NEU_XX", 1, 0, 0, 0, 0, 0), "query, line 4: '4' does not begin with 1"),
    "twice": ((1, "1001_IEO_HAP_LO", 1, 0, 0, 0, 0, 0), "file, line 4: 1001_IEO_HAP_LO already has votes of kind 1"),
    "negative": ((1, "1003_IEO_NEU_XX", -1, 0, 0, 0, 0, 0), "A, line 4: '-1' is not a number from 0"),
}


@pytest.mark.parametrize(("row", "message"), FAULTS.values(), ids=FAULTS)
def test_invalid_row_is_named(tmp_path: Path, row: tuple[object, ...], message: str) -> None:
    with pytest.raises(DataError, match=rf"votes\.csv, {message}"):
        CremaDVotes(path=save(tmp_path, simple([*ROWS[:2], row]))).load()


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("7", "responses, line 2: the votes add up to 9, but 7 are stated"),
        ("9.5", "'9.5' is not a count"),
        ("", "'' is not a count"),
    ],
)
def test_votes_must_add_up(tmp_path: Path, cell: str, message: str) -> None:
    text = simple(ROWS).replace("5,1,9", f"5,1,{cell}", 1)
    with pytest.raises(DataError, match=message):
        CremaDVotes(path=save(tmp_path, text)).load()


def test_no_votes_on_both_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no clip has votes on both voice and face"):
        CremaDVotes(path=save(tmp_path, simple(ROWS[:6]))).load()


def test_real_votes(data_dir: Path) -> None:
    windows = CremaDVotes(path=data_dir / "crema-d-votes" / "votes.csv").load()
    assert (len(windows), len(set(windows.subject)), len(set(windows.stimulus))) == (7442, 91, 12)
    assert {grade_fold(windows, fold) for fold in SubjectKFold(folds=10).split(windows)} == {"subject-independent"}
