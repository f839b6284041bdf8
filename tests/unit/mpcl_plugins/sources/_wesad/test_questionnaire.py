"""WESAD's questionnaire with its traps, and what is said of one that is not what it should be."""

import math
from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._wesad.questionnaire import CONDITIONS, ITEMS, read
from support.wesad_study import END, ORDER, SECONDS, START, panas, quest


def write(folder: Path, text: str) -> Path:
    (folder / "S2_quest.csv").write_text(text)
    return folder / "S2_quest.csv"


def test_conditions_have_their_times_and_scores(tmp_path: Path) -> None:
    found = read(write(tmp_path, quest()), "S2")
    assert [rating.name for rating in found] == list(ORDER)
    assert [(rating.start, rating.stop) for rating in found] == list(SECONDS)
    for rating, row in zip(found, panas(), strict=True):
        assert [rating.scores[item] for item in ITEMS] == [float(cell) for cell in row[:23]]


def test_sad_is_last_also_with_angry_and_irritated(tmp_path: Path) -> None:
    found = {rating.name: rating.scores for rating in read(write(tmp_path, quest()), "S2")}
    stress, rest = panas()[1], panas()[0]
    assert len(stress) == 26
    assert [found["TSST"][item] for item in ("angry", "irritated", "sad")] == [float(cell) for cell in stress[23:]]
    assert found["Base"]["sad"] == float(rest[23])
    assert "angry" not in found["Base"]


@pytest.mark.parametrize("tag", ["# Subj", "# Subj:"])
def test_both_tags_of_the_person(tmp_path: Path, tag: str) -> None:
    assert len(read(write(tmp_path, quest(tag=tag)), "S2")) == 5


def test_ratings_follow_the_stated_order(tmp_path: Path) -> None:
    order = ("Base", "TSST", "Medi 2", "Fun", "Medi 1")
    found = read(write(tmp_path, quest(order=order)), "S2")
    assert [rating.name for rating in found] == list(order)
    assert found[2].start < found[4].start
    assert found[2].scores["active"] == float(panas(order)[2][0])


@pytest.mark.parametrize(("cell", "seconds"), [("61.2", 3680), ("61.02", 3662), ("61", 3660), ("7.08", 428)])
def test_times_are_minutes_and_seconds_with_a_zero_lost_at_the_end(tmp_path: Path, cell: str, seconds: int) -> None:
    found = read(write(tmp_path, quest(end=(*END[:4], cell))), "S2")
    assert found[4].stop == seconds


@pytest.mark.parametrize("cell", ["Nan", "nan", ""])
def test_an_item_that_was_not_rated(tmp_path: Path, cell: str) -> None:
    rows = panas()
    rows[2][15] = cell
    found = read(write(tmp_path, quest(rows=rows)), "S2")
    assert math.isnan(found[2].scores["nervous"])
    assert sum(math.isnan(score) for rating in found for score in rating.scores.values()) == 1


def changed(row: int, place: int, cell: str) -> str:
    rows = panas()
    rows[row][place] = cell
    return quest(rows=rows)


def without(row: int, place: int) -> str:
    rows = panas()
    del rows[row][place]
    return quest(rows=rows)


FAULTS: dict[str, tuple[str, str, int | None, str]] = {
    "another person": (quest("S3"), "Subj", 1, "S3 is named, but the folder is S2"),
    "nobody": (quest(""), "Subj", 1, "nobody is named"),
    "no person": (quest(tag="# Who"), "Subj", None, "0 such rows"),
    "no order": (quest().replace("# ORDER", "# ODER"), "ORDER", None, "0 such rows"),
    "two starts": (quest().replace("# END", "# START"), "START", None, "2 such rows"),
    "an unknown condition": (
        quest(order=("Base", "TSST", "Medi", "Fun", "Medi 2")),
        "ORDER",
        2,
        f"begins with Base, TSST, Medi, Fun, Medi 2, but {', '.join(CONDITIONS)}",
    ),
    "a condition twice": (quest(order=("Base", "Fun", "Medi 1", "Fun", "Medi 2")), "ORDER", 2, "begins with"),
    "too few times": (quest(start=("0.1", "1")), "START", 3, "3 times, but 5"),
    "sixty seconds": (quest(start=("0.60", *START[1:])), "START", 3, "'0.60' is not a time"),
    "eighty seconds": (quest(start=("0.8", *START[1:])), "START", 3, "'0.8' is not a time"),
    "three digits": (quest(start=("0.100", *START[1:])), "START", 3, "'0.100' is not a time"),
    "no time": (quest(end=(*END[:4], "late")), "END", 4, "'late' is not a time"),
    "ends before it starts": (quest(end=("0.05", *END[1:])), "START", 3, "do not follow one another"),
    "conditions that overlap": (quest(end=("1.1", *END[1:])), "START", 3, "do not follow one another"),
    "four rows": (quest(rows=panas()[:4]), "PANAS", None, "4 such rows, but 5"),
    "a score too few": (without(1, 3), "PANAS", 7, "25 scores after TSST, but 26"),
    "rows of another order": (
        quest(order=("Base", "Fun", "Medi 1", "TSST", "Medi 2"), rows=panas()),
        "PANAS",
        7,
        "26 scores after Fun, but 24",
    ),
    "no score": (changed(3, 0, "much"), "PANAS", 9, "'much' is not a score from 1 to 5"),
    "above the scale": (changed(0, 4, "6"), "PANAS", 6, "'6' is not a score"),
    "below the scale": (changed(4, 4, "0"), "PANAS", 10, "'0' is not a score"),
    "infinite": (changed(4, 4, "inf"), "PANAS", 10, "'inf' is not a score"),
    "nothing": ("", "Subj", None, "0 such rows"),
}


@pytest.mark.parametrize(("text", "field", "line", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_file_tag_and_line(tmp_path: Path, text: str, field: str, line: int | None, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(DataError) as caught:
        read(path, "S2")
    assert (caught.value.path, caught.value.field, caught.value.line) == (path, field, line)
    assert message in caught.value.message


def test_no_file_and_no_text(tmp_path: Path) -> None:
    path = tmp_path / "S2_quest.csv"
    with pytest.raises(DataError, match="no such file"):
        read(path, "S2")
    path.write_bytes(b"\xff\xfe# Subj")
    with pytest.raises(DataError, match="not text"):
        read(path, "S2")


def test_file_of_any_size_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at most 1048576 are read"):
        read(write(tmp_path, quest() + "#" * 2**20), "S2")
