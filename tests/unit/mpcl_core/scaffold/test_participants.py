"""Test that the people of participants.tsv are compared with those of the files."""

from pathlib import Path

from mpcl_core.scaffold.participants import compare_participants


def test_people_on_one_side_only_are_named(tmp_path: Path) -> None:
    (tmp_path / "participants.tsv").write_text("participant_id\tage\nsub-01\t30\nsub-02\tn/a\n")
    assert compare_participants(tmp_path, ["sub-01", "sub-03"]) == [
        "participants.tsv lists people without a file: sub-02.",
        "Not in participants.tsv: sub-03.",
    ]
    assert compare_participants(tmp_path, ["sub-02", "sub-01"]) == []


def test_folder_without_table_gives_no_line(tmp_path: Path) -> None:
    assert compare_participants(tmp_path, ["sub-01"]) == []
