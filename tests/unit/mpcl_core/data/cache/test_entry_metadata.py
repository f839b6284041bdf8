"""Metadata of an entry that hold anything else count as damaged, also where their checksum is right."""

from pathlib import Path
from typing import Any

import pytest

from mpcl_core.data.cache import checksummed_json
from mpcl_core.data.cache.entry_metadata import read_metadata


@pytest.mark.parametrize("content", [{"recipe": 3}, {"inputs": []}, {"windows": {}, "files": {}}])
def test_foreign_content_with_the_right_checksum_is_damaged(tmp_path: Path, content: dict[str, Any]) -> None:
    checksummed_json.write(tmp_path / "about.json", content)
    assert read_metadata(tmp_path / "about.json") is None


def test_deep_nesting_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "about.json").write_text('{"content":' * 10**5 + "1" + "}" * 10**5)
    assert checksummed_json.read(tmp_path / "about.json") is None
