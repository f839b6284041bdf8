"""``mpcl schema`` writes the schema to a file or to the standard output."""

import json
from pathlib import Path

import pytest

from mpcl_core.cli.main import main


@pytest.fixture(autouse=True)
def small_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the place of the schema of all components, which takes a second to make."""
    monkeypatch.setattr(
        "mpcl_core.app.inspection.schema.recipe_schema", lambda components: {"$schema": "draft", "n": 1}
    )


def test_schema_is_printed_without_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == {"$schema": "draft", "n": 1}


def test_line_for_editors_names_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "recipe.schema.json"
    assert main(["schema", "--out", str(file)]) == 0
    assert f"# yaml-language-server: $schema={file}" in capsys.readouterr().out
    assert json.loads(file.read_text())["n"] == 1
