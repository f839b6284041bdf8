"""Scores from wide and long tables of a questionnaire, on their scale."""

from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.scaffold.questionnaire import Scale, read_scores

SCALE = Scale(1.0, 5.0)
WIDE = "subject,trial,happy,sad\ns1,film,4,NA\ns1,rest,1,5\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "scores.csv"


def test_wide_table_has_a_row_a_trial(table: Path) -> None:
    table.write_text(WIDE)
    scores = read_scores(table, ["happy", "sad"], SCALE)
    assert scores.columns == ("subject", "trial")
    assert scores.of == {("s1", "film"): {"happy": 4.0}, ("s1", "rest"): {"happy": 1.0, "sad": 5.0}}
    assert scores.key({"subject": "s1", "session": "a", "trial": "film"}) == ("s1", "film")


def test_long_table_has_a_row_an_item(table: Path) -> None:
    table.write_text("participant_id,session_id,item,score\n01,a,happy,2\n01,a,other,99\n01,a,sad,n/a\n01,b,sad,1\n")
    scores = read_scores(table, ["happy", "sad"], SCALE)
    assert scores.columns == ("subject", "session")
    assert scores.of == {("01", "a"): {"happy": 2.0}, ("01", "b"): {"sad": 1.0}}


def test_reversed_items_and_sums(table: Path) -> None:
    table.write_text("subject,calm,tense,glad\ns1,2,1,3\ns2,,1,3\n")
    scale = Scale(1.0, 5.0, ("tense",), {"ease": ("calm", "tense")})
    scores = read_scores(table, ["ease", "glad"], scale)
    assert scores.of == {("s1",): {"ease": 3.5, "glad": 3.0}, ("s2",): {"glad": 3.0}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (WIDE.replace("4,", "6,"), "happy, line 2: '6' is not a number from 1 to 5"),
        (WIDE.replace("4,", "0,"), "happy, line 2: '0' is not a number from 1 to 5"),
        (WIDE.replace("4,", "much,"), "happy, line 2: 'much' is not a number"),
        (WIDE.replace("rest", "film"), "line 3: s1 film has a row already"),
        (WIDE.replace("s1,r", ",r"), "subject, line 3: nobody is named"),
        (WIDE.replace("sad", "low"), "sad: there is no such column"),
        ("subject,item,score\ns1,happy,1\ns1,happy,2\n", "item, line 3: 'happy' of s1 is scored already"),
        ("subject,item,score\ns1,happy,1\n", "item: no row has a score for 'sad'"),
    ],
)
def test_invalid_table_is_refused(table: Path, text: str, message: str) -> None:
    table.write_text(text)
    with pytest.raises(DataError, match=message):
        read_scores(table, ["happy", "sad"], SCALE)


def test_reversed_item_of_no_label_is_refused(table: Path) -> None:
    table.write_text(WIDE)
    with pytest.raises(UsageError, match="'calm' is reversed, but no label has this item; items: happy, sad"):
        read_scores(table, ["happy", "sad"], Scale(1.0, 5.0, ("calm",)))
