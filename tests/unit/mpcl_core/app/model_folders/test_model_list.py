"""The models in a folder are listed with what distinguishes them."""

from pathlib import Path

import pytest

from mpcl_core.app.model_folders.model_list import COLUMNS, list_models
from mpcl_core.interfaces.errors import UsageError


@pytest.mark.slow
def test_models_are_listed_and_damaged_ones_named(fitted: Path, tmp_path: Path) -> None:
    models = list_models(fitted)
    own = next(found for found in models if found.path == fitted / "model")
    assert (own.people, own.kind, own.grade) == (10, "estimator", "subject-independent")
    assert len(own.cells(fitted)) == len(COLUMNS)
    assert any("of the fold" in note for found in models for note in found.notes)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "model.json").write_text("{}")
    (found,) = list_models(tmp_path / "broken")
    assert "format version None" in found.fault
    assert found.as_json()["kl"] is None


def test_folder_without_models_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no model"):
        list_models(tmp_path)
    with pytest.raises(UsageError, match="there is no folder"):
        list_models(tmp_path / "missing")
