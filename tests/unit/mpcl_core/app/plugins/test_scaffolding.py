"""New plugins and data sets are written where nothing is overwritten."""

from pathlib import Path

import pytest

from mpcl_core.app.plugins.scaffolding import new_dataset, new_plugin
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.scaffold.dataset import Study


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_plugin_is_a_component_its_test_and_a_recipe(folder: Path) -> None:
    files = new_plugin("my_encoder", "encoder")
    assert files[0] == Path("my_encoder.py")
    assert {path.name for path in folder.iterdir()} == {path.name for path in files}
    assert {path.suffix for path in files} == {".py", ".yaml"}


def test_package_is_written_into_a_folder_of_its_name(folder: Path) -> None:
    files = new_plugin("my_encoder", "encoder", package=True)
    assert [path.name for path in folder.iterdir()] == ["my_encoder"]
    assert all(path.is_relative_to("my_encoder") for path in files)
    assert Path("my_encoder/pyproject.toml") in files


def test_unknown_slot_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no slot named 'encodre'\. The slots: .*encoder"):
        new_plugin("mine", "encodre")


def test_name_of_an_installed_component_is_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="the name 'prototype_bank' is taken by the memory of"):
        new_plugin("prototype_bank", "memory")
    assert not list(folder.iterdir())


@pytest.mark.parametrize("package", [False, True])
def test_existing_files_stay_as_they_are(package: bool, folder: Path) -> None:
    path = folder / ("mine" if package else "mine.py")
    path.write_text("before")
    with pytest.raises(UsageError, match="exist"):
        new_plugin("mine", "encoder", package)
    assert path.read_text() == "before"


def test_dataset_name_becomes_file_names_and_is_checked(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"'\.\./study' is no name"):
        new_dataset("../study", folder, Study((), {}))
    (folder / "study.yaml").write_text("before")
    with pytest.raises(UsageError, match=r"study\.yaml"):
        new_dataset("study", folder, Study((), {}))
    assert (folder / "study.yaml").read_text() == "before"
