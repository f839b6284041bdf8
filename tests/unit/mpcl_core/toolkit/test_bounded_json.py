"""JSON is read with bounds on its size, its depth and the type of its values."""

from pathlib import Path

import pytest

from mpcl_core.toolkit.bounded_json import DEEPEST_JSON, parse_json, read_json, read_json_lines, read_json_object


@pytest.mark.parametrize("depth", [DEEPEST_JSON + 1, 10**5])
@pytest.mark.parametrize("ends", [('{"a":', "}"), ("[", "]")])
def test_deep_nesting_is_an_error_of_the_value(depth: int, ends: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="nested more than 100 deep"):
        parse_json(ends[0] * depth + "1" + ends[1] * depth)


def test_nesting_up_to_the_limit_is_read() -> None:
    assert parse_json("[" * DEEPEST_JSON + "]" * DEEPEST_JSON)[0]


def test_large_files_are_refused_with_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('"' + "a" * 100 + '"')
    with pytest.raises(ValueError, match="has 102 bytes, but at most 50 are read"):
        read_json(tmp_path / "a.json", 50)


def test_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a regular file"):
        read_json(tmp_path)


@pytest.mark.parametrize("text", ["[1]", "3", '"a"', "null"])
def test_objects_are_expected_of_objects_and_lines(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.json"
    file.write_text(text)
    for read in (read_json_object, read_json_lines):
        with pytest.raises(ValueError, match="where an object is expected"):
            read(file)


def test_text_that_is_not_utf8_is_an_error_of_the_value(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'{"a": "\xff"}')
    with pytest.raises(ValueError, match="utf-8"):
        read_json_object(tmp_path / "a.json")
