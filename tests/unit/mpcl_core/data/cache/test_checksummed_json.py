"""Small JSON files contain their own checksum."""

from pathlib import Path

import pytest

from mpcl_core.data.cache.checksummed_json import canonical, digest, read, write


def test_content_survives_the_round_trip_and_no_partial_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    write(file, {"b": [1, 2.5], "a": "ä"})
    write(file, {"b": None})
    assert read(file) == {"b": None}
    assert list(tmp_path.iterdir()) == [file]


def test_order_of_keys_does_not_matter_and_types_do() -> None:
    assert canonical({"b": 1, "a": 2}) == canonical({"a": 2, "b": 1}) == '{"a":2,"b":1}'
    assert digest({"a": 1}) != digest({"a": 1.0})


@pytest.mark.parametrize("content", ["", "{", "[]", "3", '{"content": {}}', '{"sha256": "0", "content": {"a": 1}}'])
def test_damaged_file_has_no_content(content: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(content)
    assert read(tmp_path / "a.json") is None


def test_missing_file_has_no_content(tmp_path: Path) -> None:
    assert read(tmp_path / "a.json") is None
