"""New plugins and data sets are written where nothing is overwritten."""

from dataclasses import replace
from pathlib import Path

import pytest

from mpcl_core.app.plugins import scaffolding
from mpcl_core.app.plugins.scaffolding import new_dataset, new_plugin
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.scaffold.dataset import Study
from mpcl_core.scaffold.questionnaire import Scale
from mpcl_registry.discover import discover

DIARIES = """
from mpcl_core.plugin import Modality, Questionnaires, RatedStretch, Source, hookimpl


def read(files, offsets):
    return [RatedStretch(file.stem[:2], "film", 0.0, 9.0, {"glad": 4.0, "tense": 1.0}) for file in files]


class Diaries(Source):
    name = "diaries"
    modalities = (Modality("gsr", 1, 1),)
    labels = ("glad", "tense")
    questionnaires = Questionnaires("PATTERN", read)

    def load(self):
        raise NotImplementedError


@hookimpl
def mpcl_components():
    return [Diaries]
"""


def install(monkeypatch: pytest.MonkeyPatch, path: Path, pattern: str) -> None:
    """Let a plugin file be found as an installed one is."""
    path.write_text(DIARIES.replace("PATTERN", pattern))
    monkeypatch.setattr(scaffolding, "discover", lambda: discover([path], entries=()))


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


def test_any_source_can_know_questionnaires(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, folder / "diaries.py", "*_diary.csv")
    recordings = Path("in")
    recordings.mkdir()
    for person in ("s1", "s2"):
        (recordings / f"{person}.csv").write_text("gsr\n" + "1.5\n" * 100)
        (recordings / f"{person}_diary.csv").write_text("written by hand\n")
    study = Study(("glad", "tense"), {"gsr": 8.0}, scale=Scale(1, 5))
    *_, made = new_dataset("plain", recordings, study)
    assert made.recordings == 2
    assert "Left out, since they are questionnaires: 2 files such as s1_diary.csv." in made.remarks[0]
    *_, made = new_dataset("rated", recordings, replace(study, questionnaires=recordings))
    assert made.manifest.splitlines()[1:] == [f"{one},,film,,,,0,9,in/{one}.csv,4,1" for one in ("s1", "s2")]


def test_questionnaires_of_two_sources_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, folder / "diaries.py", "*.csv")
    (folder / "in").mkdir()
    (folder / "in" / "S2_quest.csv").touch()
    with pytest.raises(UsageError, match=r"several sources take for questionnaires: diaries, wesad"):
        new_dataset("study", Path("in"), Study((), {}, questionnaires=Path("in")))
