"""Variants that share their windows have one answer of the cache, which states how the nearest entry differs."""

from pathlib import Path

import pytest

from mpcl_core.app.inspection import caching
from mpcl_core.app.inspection.caching import explain_recipe
from mpcl_core.interfaces.errors import UsageError

RECIPE = """\
extends: described
name: cached
references: {uniform: {use: uniform}}
variants:
  one: {estimator: {use: mean}}
  two: {estimator: {use: uniform}}
  longer: {estimator: {use: mean}, prepare: [{use: window, length: 8.0}]}
"""


@pytest.fixture
def recipe(tmp_path: Path) -> str:
    (tmp_path / "cached.yaml").write_text(RECIPE)
    return str(tmp_path / "cached.yaml")


def test_variants_with_the_same_preparation_share_an_answer(recipe: str, tmp_path: Path) -> None:
    found = explain_recipe(recipe, tmp_path / "cache")
    assert [each.variants for each in found] == [("one", "two"), ("longer",)]
    assert found[0].lookup.key != found[1].lookup.key


def test_answer_for_an_empty_cache_has_no_nearest_entry(recipe: str, tmp_path: Path) -> None:
    first, _ = explain_recipe(recipe, tmp_path / "cache")
    values = first.as_json()
    assert (values["variants"], values["cached"], values["nearest"]) == (["one", "two"], False, None)
    assert values["differences"] == []


def test_files_of_a_source_that_cannot_be_read_are_an_error(
    recipe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "film.csv")

    monkeypatch.setattr(caching, "explain", refuse)
    with pytest.raises(UsageError, match=r"the files of 'one' cannot be read: .*Permission denied: 'film\.csv'"):
        explain_recipe(recipe, tmp_path)
