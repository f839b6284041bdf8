"""Questionnaires are found by their names, in any folder below."""

from pathlib import Path

from mpcl_core.interfaces.data import Questionnaires


def test_files_are_found_in_order_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/1_quest.csv", "2_quest.csv", "quest.csv", "2_quest.txt"):
        (tmp_path / name).touch()
    found = Questionnaires("*_quest.csv", lambda *_: []).find(tmp_path)
    assert [str(file.relative_to(tmp_path)) for file in found] == ["2_quest.csv", "b/1_quest.csv"]
