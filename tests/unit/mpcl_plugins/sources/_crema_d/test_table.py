"""The table of votes: a clip and a kind of votes a row."""

from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._crema_d.table import EMOTIONS, read_clips

HEADER = "query,file,responses,A,D,F,H,N,S"


def table(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "votes.csv"
    path.write_text("\n".join([header, *rows, ""]))
    return path


def test_votes_of_a_clip_are_collected_by_kind(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "1,1001_IEO_NEU_XX,3,0,0,0,1,2,0",
        "3 both,1001_IEO_NEU_XX,1,1,0,0,0,0,0",
        "2,1002_DFA_SAD_HI,0,0,0,0,0,0,0",
    )
    first, second = read_clips(path)
    assert (first.actor, first.sentence, first.intended, first.trial) == ("1001", "IEO", "neutral", "IEO_NEU_XX")
    assert first.votes == {"1": (0, 0, 0, 1, 2, 0), "3": (1, 0, 0, 0, 0, 0)}
    assert second.intended == "sadness"
    assert second.votes == {}, "a kind without any vote is left out"


def test_published_table_has_other_names_of_columns(tmp_path: Path) -> None:
    path = table(tmp_path, "1,1001_IEO_ANG_LO,1,1,0,0,0,0,0", header=",fileName,numResponses,A,D,F,H,N,S")
    (clip,) = read_clips(path)
    assert clip.intended == "anger"
    assert len(clip.votes["1"]) == len(EMOTIONS)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,1001_IEO_XXX_XX,1,1,0,0,0,0,0", "is not the name of a clip such as 1001_IEO_NEU_XX"),
        ("4,1001_IEO_ANG_XX,1,1,0,0,0,0,0", "does not begin with 1 (voice), 2 (face) or 3 (both)"),
        ("1,1001_IEO_ANG_XX,1,0.5,0.5,0,0,0,0", "is not a count of votes"),
        ("1,1001_IEO_ANG_XX,2,1,0,0,0,0,0", "the votes add up to 1, but 2 are stated"),
        ("1,1001_IEO_NEU_XX,1,1,0,0,0,0,0", "already has votes of kind 1"),
    ],
)
def test_wrong_rows_are_named(tmp_path: Path, row: str, message: str) -> None:
    path = table(tmp_path, "1,1001_IEO_NEU_XX,1,1,0,0,0,0,0", row)
    with pytest.raises(DataError) as error:
        read_clips(path)
    assert message in str(error.value)
