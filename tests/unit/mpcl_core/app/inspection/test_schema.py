"""The schema of recipes replaces no other file."""

from pathlib import Path

import pytest

from mpcl_core.app.inspection.schema import write_schema
from mpcl_core.interfaces.errors import UsageError

SCHEMA = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "recipe"}


@pytest.fixture(autouse=True)
def small_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the place of the schema of all components, which takes a second to make."""
    monkeypatch.setattr("mpcl_core.app.inspection.schema.recipe_schema", lambda components: SCHEMA)


@pytest.mark.parametrize("before", [None, '{"$schema": "old"}'], ids=["absent", "older schema"])
def test_schema_is_written_where_there_is_none_or_an_older_one(before: str | None, tmp_path: Path) -> None:
    file = tmp_path / "recipe.schema.json"
    if before is not None:
        file.write_text(before)
    write_schema(file)
    assert '"title": "recipe"' in file.read_text()
    assert file.read_text().endswith("}\n")


def test_file_that_is_no_schema_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "notes.json"
    file.write_text("mine")
    with pytest.raises(UsageError, match=r"notes\.json exists and is no schema"):
        write_schema(file)
    assert file.read_text() == "mine"


def test_path_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: Is a directory"):
        write_schema(tmp_path)
