"""``mpcl push`` stores a model on a hub, from which the other verbs load it, and reports a user's mistake in one line."""

from pathlib import Path

import pytest

import mpcl_core
from mpcl_core.cli.main import main
from support.fitted_study import RECIPE, SETS
from support.hub_server import hub_server


def test_folder_without_a_model_ends_the_command_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["push", str(tmp_path), "me/emotions"]) == 2
    assert str(tmp_path) in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Use 'content=")
def test_pushed_model_predicts_from_the_hub_as_from_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MPCL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    folder = tmp_path / "model"
    mpcl_core.fit(RECIPE, folder, sets=SETS, on_message=None)
    stored = (folder / "weights.safetensors").read_bytes()
    source = [word for pair in SETS if pair.startswith("source.") for word in ("--set", pair)]
    with hub_server() as (address, repositories):
        monkeypatch.setenv("HF_ENDPOINT", address)
        assert main(["push", str(folder), "me/emotions"]) == 0
        assert "Use it: mpcl predict hub:me/emotions RECORDING" in capsys.readouterr().err
        assert repositories["me/emotions"]["weights.safetensors"] == stored
        tables = []
        for model in ("hub:me/emotions", str(folder)):
            assert main(["predict", model, "described", *source]) == 0
            tables.append(capsys.readouterr().out)
    assert tables[0] == tables[1]
