"""Trials cut from recordings, and joined with scores."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.scaffold.events import read_events
from mpcl_core.scaffold.questionnaire import Scores
from mpcl_core.scaffold.trials import Files, Trial, cut_by_files, cut_by_table, join_scores

S1, S2 = Trial("s1", "", "rec", {"e4": Path("1.zip")}), Trial("s2", "", "rec", {"e4": Path("2.zip")})


class Marked(NamedTuple):
    start: float
    stop: float | None
    name: str


def marked(files: Files) -> list[Marked]:
    return [Marked(1.5, 4.0, "film"), Marked(4.0, None, "rest")] if files["e4"].stem == "1" else []


def test_files_cut_recordings_at_what_they_mark() -> None:
    cut = cut_by_files([S1, S2], marked)
    assert [(t.subject, t.trial, t.start, t.stop) for t in cut] == [
        ("s1", "film", "1.5", "4"),
        ("s1", "rest", "4", ""),
    ]


def test_trials_of_several_recordings_keep_their_names() -> None:
    cut = cut_by_files([S1, Trial("s1", "", "second", S1.files)], marked)
    assert [t.trial for t in cut] == ["rec_film", "rec_rest", "second_film", "second_rest"]


def test_files_that_mark_nothing_are_refused() -> None:
    with pytest.raises(UsageError, match="the files mark no trials"):
        cut_by_files([S2], marked)


def cut_at(tmp_path: Path, text: str, *trials: Trial) -> list[Trial]:
    (tmp_path / "events.csv").write_text(text)
    return cut_by_table(trials, read_events(tmp_path / "events.csv"), lambda files: None)


def test_a_table_cuts_recordings(tmp_path: Path) -> None:
    cut = cut_at(tmp_path, "subject,trial,start,stop,condition,stimulus\ns2,film,3,9,fun,clip1\n", S1, S2)
    assert [(t.subject, t.trial, t.start, t.stop, t.condition, t.stimulus) for t in cut] == [
        ("s2", "film", "3", "9", "fun", "clip1")
    ]


def test_tables_that_fit_no_recording_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"names 02, but the files are of s1, s2"):
        cut_at(tmp_path, "subject,trial,start\n02,film,3\n", S1, S2)
    with pytest.raises(UsageError, match="s1 has several recordings in one session"):
        cut_at(tmp_path, "subject,trial,start\ns1,film,3\n", S1, S1)


def test_scores_are_joined_and_what_lacks_a_counterpart_is_named() -> None:
    of: Mapping[tuple[str, ...], Mapping[str, float]] = {("s1",): {"joy": 2.0}, ("s3",): {"joy": 1.0}}
    joined, lines = join_scores([S1, S2], Scores(("subject",), of))
    assert [t.scores for t in joined] == [{"joy": 2.0}, {}]
    assert lines == [
        "No scores for 1 of 2 trials: s2.",
        "Scores without a recording: 1 of 2: s3.",
    ]


def test_scores_of_nobody_are_refused() -> None:
    with pytest.raises(UsageError, match=r"the table has 01, the files have s1 \(subject\)"):
        join_scores([S1], Scores(("subject",), {("01",): {"joy": 1.0}}))
