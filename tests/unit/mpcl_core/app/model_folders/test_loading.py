"""A model folder is loaded with the components that it names, and refused where they are not there."""

import json
import shutil
from pathlib import Path

import pytest

from mpcl_core.app.model_folders.loading import load_model
from mpcl_core.interfaces.errors import DataError, UsageError


@pytest.fixture
def folder(fitted: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fitted / "model", tmp_path / "model"))


def test_model_has_the_variant_and_the_emotions_of_its_training(folder: Path) -> None:
    model = load_model(folder)
    assert model.description.name == "own"
    assert model.labels == model.description.labels
    assert model.spec.model.cls.name == "mean"  # type: ignore[union-attr]


def test_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a model folder"):
        load_model(tmp_path)


def test_component_that_is_not_installed_is_named(folder: Path) -> None:
    content = json.loads((folder / "model.json").read_text())
    content["recipe"]["estimator"] = {"use": "meen"}
    (folder / "model.json").write_text(json.dumps(content))
    with pytest.raises(
        UsageError, match=r"cannot be loaded with the installed components: .*no estimator named 'meen'"
    ):
        load_model(folder)


def test_plugin_file_that_was_changed_is_not_imported(folder: Path) -> None:
    (folder / "plugins").mkdir()
    (folder / "plugins" / "own.py").write_text("raise SystemExit")
    content = json.loads((folder / "model.json").read_text())
    content["plugins"] = ["plugins/own.py"]
    content["files"]["plugins/own.py"] = "0" * 64
    (folder / "model.json").write_text(json.dumps(content))
    with pytest.raises(DataError, match=r"own\.py"):
        load_model(folder)
