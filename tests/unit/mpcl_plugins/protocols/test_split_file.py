"""Split files: what they say, and what they are refused for."""

import json
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.data.grade import grade_fold
from mpcl_core.data.splits import hash_folds, name_folds
from mpcl_core.interfaces.components import Protocol
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols._published_splits import DMER_SUBJECTS, DMER_TEST, DMER_VALIDATION
from mpcl_plugins.protocols.kfold import KFold
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.protocols.predefined import Predefined
from mpcl_plugins.protocols.random_windows import RandomWindows
from mpcl_plugins.protocols.subject_and_stimulus import SubjectAndStimulus
from mpcl_plugins.protocols.within_trial import WithinTrial
from mpcl_plugins.sources.dmer import DMER
from support.split_study import Trial, checked, grid, keys, sides, study, table

ROWS = study([Trial("S1", "t1", 4), Trial("S1", "t2", 2), Trial("S2", "t1", 3), Trial("S10", "t1", 2)])
CSV = "subject,trial,window,split\nS1,t1,0-1,train\nS1,t1,2,validation\nS1,t1,3,unused\nS1,t2,,test\nS2,,,train\nS10,,,test\n"
NESTED = {
    "S1": {"t1": {"0-1": "train", "2": "validation", "3": "unused"}, "t2": "test"},
    "S2": "train",
    "S10": "test",
}


def split(windows: WindowSet, path: Path, text: str, **more: int) -> list[list[set[tuple[str, str, int]]]]:
    path.write_text(text)
    folds = checked(Predefined(file=path, **more), windows)  # type: ignore[arg-type]
    return [[keys(windows, rows) for rows in sides(fold)] for fold in folds]


def test_csv_and_json_give_the_same_fold(tmp_path: Path) -> None:
    expected = [
        [
            {("S1", "t1", 0), ("S1", "t1", 1), *(("S2", "t1", w) for w in range(3))},
            {("S1", "t1", 2)},
            {("S1", "t2", 0), ("S1", "t2", 1), ("S10", "t1", 0), ("S10", "t1", 1)},
        ]
    ]
    assert split(ROWS, tmp_path / "s.csv", CSV) == expected
    assert split(ROWS, tmp_path / "s.json", json.dumps(NESTED)) == expected
    moved = ROWS.take(np.random.default_rng(0).permutation(len(ROWS)))
    assert split(moved, tmp_path / "s.csv", CSV) == expected


def test_subjects_alone_and_validation_is_drawn(tmp_path: Path) -> None:
    text = "split,subject\n" + "".join(f"{'test' if s == 3 else 'train'},S{s}\n" for s in range(1, 7))
    ((train, validation, test),) = split(grid(6, 2), tmp_path / "s.csv", text)
    assert {subject for subject, _, _ in test} == {"S3"}
    assert len({subject for subject, _, _ in validation}) == 1
    assert len({subject for subject, _, _ in train}) == 4


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("S10,,,test", "S10,,,test\nS11,,,test", "subject 'S11': there is no such window"),
        ("S1,t2,,test", "S1,t3,,test", "subject 'S1', trial 't3': there is no such window"),
        ("S1,t1,3,unused", "S1,t1,3-9,unused", "trial 't1', window 3-9: the study has 1 of these 7 windows"),
        ("S1,t1,3,unused", "S1,t1,4,unused", "trial 't1', window 4: the study has 0 of these 1 windows"),
        ("S10,,,test\n", "", "does not name 2 of 11 windows, the first of them subject 'S10', trial 't1', window 0"),
        ("S2,,,train", "S2,,,train\nS2,t1,1,train", "subject 'S2', trial 't1', window 1 is named twice"),
        (
            "S2,,,train",
            "S2,,,Train",
            "split, line 6: 'Train', but a window is on one of the sides train, validation, test, unrated, unused",
        ),
        ("0-1", "1-0", "window, line 2: '1-0' is not a window"),
        ("0-1", "-1", "window, line 2: '-1' is not a window"),
        ("S1,t1,3", "S1,,3", "trial, line 4: a window is named, but no trial"),
        ("S2,,,train", "S2,,train", "line 6: 3 cells, but the header has 4"),
        ("trial,", "trail,", "trail: is not a column of a split file, which has subject, trial, window, split"),
        (",split", ",side", "split: there is no such column"),
        (
            "S1,t2,,test\nS2,,,train\nS10,,,test",
            "S1,t2,,train\nS2,,,train\nS10,,,train",
            "split: no window is marked test",
        ),
    ],
)
def test_a_csv_that_does_not_fit_the_windows(old: str, new: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        split(ROWS, tmp_path / "s.csv", CSV.replace(old, new))
    assert message in str(caught.value)
    assert str(tmp_path / "s.csv") in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("s.json", '{"S1": "train", "S1": "test"}', "'S1' appears twice"),
        ("s.json", "{", "is not JSON"),
        ("s.json", "[1]", "is not a mapping from subjects to sides"),
        ("s.json", '{"S1": 3}', "trials of 'S1': 3, but a side or a mapping was expected"),
        ("s.json", '{"S1": {"t1": {"0": ["x"]}}}', "['x'], but a window is on one of the sides"),
        ("s.json", '{"S1": {"t1": {"a": "test"}}}', "'a' is not a window"),
        ("s.json", '{"studies": []}', "studies: there is no study 1; the file has 0"),
        ("s.json", '{"studies": [{"folds": []}]}', "a study needs 'numbered_by' and 'folds'"),
        ("s.json", '{"studies": [3]}', "a study needs 'numbered_by' and 'folds'"),
        ("s.txt", "", "a split file ends in .csv or .json"),
    ],
)
def test_a_file_that_is_no_split(name: str, text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        split(ROWS, tmp_path / name, text)
    assert message in str(caught.value)


def test_a_file_that_is_missing_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.csv: no such file"):
        list(Predefined(file=tmp_path / "gone.csv").split(ROWS))
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="not text in UTF-8"):
        list(Predefined(file=tmp_path / "b.csv").split(ROWS))


def test_windows_of_one_name_can_only_be_named_by_trial_or_subject(tmp_path: Path) -> None:
    twins = study([Trial("S1", "t1", 2), Trial("S2", "t1", 3), Trial("S2", "t1", 3)])
    ((train, _, test),) = split(twins, tmp_path / "s.csv", "subject,split\nS1,test\nS2,train\n")
    assert {subject for subject, _, _ in test} == {"S1"}
    assert train
    with pytest.raises(DataError, match="4 windows have that name; name whole trials or subjects"):
        split(twins, tmp_path / "s.csv", "subject,trial,window,split\nS1,,,test\nS2,t1,0-1,train\n")


@pytest.mark.parametrize("bad", [{"study": 0}, {"file": Path("a.csv"), "named": "dmer_seeded_48_12_13"}])
def test_bad_parameters_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"study is 0|one or the other"):
        Predefined(**bad)  # type: ignore[arg-type]


def viewers() -> WindowSet:
    return study(Trial(str(s), f"t{t}", 2, "", f"{t}") for s in DMER_SUBJECTS for t in range(4))


def test_the_named_split_of_dmer() -> None:
    """Its sizes; and that it is the seeded draw that its documentation says."""
    (fold,) = checked(Predefined(named="dmer_seeded_48_12_13"), viewers())
    people = [sorted({int(s) for s in viewers().subject[rows]}) for rows in sides(fold)]
    assert [len(side) for side in people] == [48, 12, 13]
    assert people[1:] == [list(DMER_VALIDATION), list(DMER_TEST)]
    drawn = np.random.default_rng(481213).permutation(DMER_SUBJECTS)
    assert [sorted(drawn[48:60]), sorted(drawn[60:])] == people[1:]
    assert len(DMER_SUBJECTS) == 73


def test_the_named_split_on_other_windows() -> None:
    with pytest.raises(DataError, match="there is no such window"):
        list(Predefined(named="dmer_seeded_48_12_13").split(ROWS))


@pytest.mark.parametrize(
    ("protocol", "windows"),
    [
        (LOSO(seed=3), grid(5, 3)),
        (RandomWindows(), grid(3, 4)),
        (SubjectAndStimulus(subject_folds=2, stimulus_folds=2), viewers()),
        (KFold(folds=3), table(3, 5)),
        (KFold(folds=3), study([Trial("", "", 1)] * 12)),
    ],
    ids=["loso", "random_windows", "subject_and_stimulus", "kfold", "rows without names"],
)
def test_folds_of_a_run_are_repeated_exactly(protocol: Protocol, windows: WindowSet, tmp_path: Path) -> None:
    folds = checked(protocol, windows)
    named = name_folds(windows, folds)
    (tmp_path / "splits.json").write_text(json.dumps({"studies": [{"folds": 3}, named]}))
    again = checked(Predefined(file=tmp_path / "splits.json", study=2), windows)
    assert [fold.label for fold in again] == [fold.label for fold in folds]
    for one, other in zip(folds, again, strict=True):
        for mine, theirs in zip(sides(one), sides(other), strict=True):
            np.testing.assert_array_equal(mine, theirs)
    assert hash_folds(name_folds(windows, again)) == hash_folds(named)


def test_folds_of_a_run_match_reordered_windows_and_refuse_others(tmp_path: Path) -> None:
    windows = grid(4, 3)
    moved = windows.take(np.random.default_rng(0).permutation(len(windows)))
    named = name_folds(windows, list(LOSO().split(windows)))
    (tmp_path / "splits.json").write_text(json.dumps({"studies": [named]}))
    again = name_folds(moved, checked(Predefined(file=tmp_path / "splits.json"), moved))
    assert hash_folds(again) == hash_folds(named)
    with pytest.raises(DataError, match="does not name 12 of 60 windows"):
        list(Predefined(file=tmp_path / "splits.json").split(grid(5, 3)))
    with pytest.raises(DataError, match="the study has 3 of these 4 windows"):
        list(Predefined(file=tmp_path / "splits.json").split(grid(4, 3, 3)))


def test_a_window_on_two_sides_is_refused(tmp_path: Path) -> None:
    windows = grid(2, 2)
    (fold, *_) = LOSO().split(windows)
    object.__setattr__(fold, "train", np.union1d(fold.train, fold.test[:1]))
    named = name_folds(windows, [fold])
    assert named["folds"][0]["rows"]["S1"]["t1"] == {"0": "train+test", "1-3": "test"}
    (tmp_path / "splits.json").write_text(json.dumps({"studies": [named]}))
    with pytest.raises(DataError, match=r"'train\+test', but a window is on one of the sides"):
        list(Predefined(file=tmp_path / "splits.json").split(windows))


def test_another_fold_has_another_hash() -> None:
    windows = grid(4, 3)
    found = {hash_folds(name_folds(windows, list(LOSO(seed=seed).split(windows)))) for seed in range(4)}
    assert len(found) > 1


def test_folds_of_a_real_run_are_repeated_exactly(data_dir: Path, tmp_path: Path) -> None:
    """Its own split shares trials between the sides, and so does the first part of each trial."""
    loaded = DMER(path=data_dir / "dmer-emotiondict" / "data_feature_sample.mat").load()
    assert isinstance(loaded, WindowSet)
    for protocol in (Predefined(), WithinTrial()):
        folds = checked(protocol, loaded)
        named = name_folds(loaded, folds)
        assert named["numbered_by"] == "window"
        (tmp_path / "splits.json").write_text(json.dumps({"studies": [named]}))
        (again,) = checked(Predefined(file=tmp_path / "splits.json"), loaded)
        for mine, theirs in zip(sides(folds[0]), sides(again), strict=True):
            np.testing.assert_array_equal(mine, theirs)
        assert grade_fold(loaded, again) == "leaky"
