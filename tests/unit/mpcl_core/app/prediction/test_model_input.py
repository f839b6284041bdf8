"""An input is a recipe or recordings, and one that is not there is refused with a similar one."""

from pathlib import Path

import pytest

from mpcl_core.app.prediction.model_input import ModelInput, open_input
from mpcl_core.interfaces.errors import UsageError
from support.model_descriptions import described


def film(folder: Path) -> Path:
    folder.mkdir()
    (folder / "film.csv").write_text("time,Cz\n0.0,1.5\n")
    return folder / "film.csv"


def test_recipe_is_no_recording_and_stands_for_its_source(tmp_path: Path) -> None:
    assert ModelInput(film(tmp_path / "a")).is_data
    assert ModelInput(tmp_path / "a").is_data
    assert not ModelInput("described").is_data
    mine = ModelInput(tmp_path / "mine.yaml", sets=["source.subjects=3"])
    (tmp_path / "mine.yaml").write_text("extends: described\nname: mine\n")
    assert not mine.is_data
    with open_input(mine, described()) as source:
        assert source.name == "simulated"
        assert source.subjects == 3  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "near"),
    [("anna/fim.csv", "anna/film.csv"), ("ana/film.csv", "anna/film.csv"), ("describd", "described")],
)
def test_input_that_does_not_exist_is_refused_with_a_similar_one(
    name: str, near: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film(tmp_path / "anna")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as refused, open_input(ModelInput(name), described()):
        pass
    assert f"there is no recording, manifest or recipe '{name}'" in str(refused.value)
    assert f"Did you mean '{near}'?" in str(refused.value)
