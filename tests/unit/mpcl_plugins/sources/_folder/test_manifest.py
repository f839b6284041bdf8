"""A row of the manifest is a recording; its cells are checked, and trials are unique within a subject."""

from math import inf, isnan
from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._folder.manifest import Manifest, ManifestEntry


def entries(folder: Path, text: str, name: str = "study.csv") -> list[ManifestEntry]:
    (folder / name).write_text(text, encoding="utf-8")
    return Manifest(folder / name, ["eeg"], ["joy", "fear"], (1.0, 5.0)).entries()


HEAD = "subject,trial,eeg,joy,fear"


def test_cells_become_a_recording(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("")
    text = f"{HEAD},session,condition,stimulus,weight,start,stop,clock\ns1, film ,a.csv,1,5,day,calm,clip,0.5,2,8,relative\n"
    (entry,) = entries(tmp_path, text)
    assert (entry.subject, entry.trial, entry.session) == ("s1", "day-film", "day")
    assert (entry.condition, entry.stimulus, entry.weight, entry.clock) == ("calm", "clip", 0.5, "relative")
    assert (entry.stretch.start, entry.stretch.stop) == (2.0, 8.0)
    assert entry.files == {"eeg": tmp_path / "a.csv"}
    assert entry.scores == (1.0, 5.0)


def test_empty_cells_have_their_defaults(tmp_path: Path) -> None:
    (entry,) = entries(tmp_path, f"{HEAD},weight\ns1,NA,n/a,NaN,n/a,NA\n")
    assert entry.trial == "NA"
    assert (entry.files, entry.weight) == ({}, 1.0)
    assert (entry.stretch.start, entry.stretch.stop) == (0.0, inf)
    assert all(isnan(score) for score in entry.scores)


def test_missing_file_is_an_error_with_its_line_and_the_number_of_others(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("")
    text = f"{HEAD}\ns1,1,a.csv,1,1\ns1,2,b.csv,1,1\ns1,3,,1,1\n"
    with pytest.raises(DataError, match=r"study\.csv, eeg, line 3: no such file: .*b\.csv\. Paths begin at the folder"):
        entries(tmp_path, text)
    with pytest.raises(DataError, match=r"line 3: no such file: .*b\.csv \(2 of 3 files are missing\)"):
        entries(tmp_path, f"{text}s1,4,c.csv,1,1\n")


def test_trials_of_sessions_that_would_have_one_name_differ(tmp_path: Path) -> None:
    text = f"{HEAD},session\ns1,3,,1,1,1-2\ns1,2-3,,1,1,1\n"
    assert [entry.trial for entry in entries(tmp_path, text)] == ["1-2-3", "1/2-3"]


FAULTS = {
    "no subject": (f"{HEAD}\n ,film,,1,1\n", "no subject is named"),
    "no trial": (f"{HEAD}\ns1,n/a,,1,1\n", "no trial is named"),
    "no rows": (f"{HEAD}\n", "there are no rows"),
    "a column is lacking": ("subject,trial,eeg,joy\ns1,film,,1\n", "fear"),
    "twice": (f"{HEAD}\ns1,film,,1,1\ns1,film,,2,2\n", "subject 's1' trial 'film' is already on line 2"),
    "a score beyond the scale": (f"{HEAD}\ns1,film,,6,1\n", "6"),
    "stop before start": (f"{HEAD},start,stop\ns1,film,,1,1,5,4\n", "it stops at 4 s, but starts at 5 s"),
    "a weight of 0": (f"{HEAD},weight\ns1,film,,1,1,0\n", "0"),
    "a clock of no zone": (f"{HEAD},clock\ns1,film,,1,1,Mars\n", "'Mars' is neither 'relative' nor a time zone"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_refused_in_words(fault: str, tmp_path: Path) -> None:
    text, message = FAULTS[fault]
    with pytest.raises(DataError, match=message):
        entries(tmp_path, text)


def test_tables_are_separated_by_their_suffix(tmp_path: Path) -> None:
    assert len(entries(tmp_path, f"{HEAD}\ns1,film,,1,1\n".replace(",", "\t"), "study.tsv")) == 1
    with pytest.raises(DataError, match=r"no known kind of table\. Known: "):
        entries(tmp_path, HEAD, "study.xlsx")
