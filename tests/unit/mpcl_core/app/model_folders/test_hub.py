"""A model is pushed to a hub and fetched from there, with nothing but the files that it states."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import mpcl_core
from mpcl_core.app.model_folders.hub import HubError, model_folder, push_model
from support.hub_server import hub_server

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPCL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def test_pushed_model_predicts_the_same_from_the_hub(
    fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(fitted / "model", folder)
    (folder / "private notes.txt").write_text("not of the model")
    with hub_server() as (address, repositories):
        monkeypatch.setenv("HF_ENDPOINT", address)
        push_model(folder, "me/emotions")
        assert set(repositories["me/emotions"]) == {"README.md", "model.json", "weights.safetensors"}
        model, own = mpcl_core.load_model("hub:me/emotions"), mpcl_core.load_model(folder)
        with pytest.raises(HubError, match="hub:me/other cannot be fetched"):
            model_folder("hub:me/other")
    values = {"gsr": np.ones((1, 1, 16), np.float32)}
    assert np.array_equal(model.predict(values).D_pred, own.predict(values).D_pred)


def test_card_has_metadata_that_hubs_read(fitted: Path) -> None:
    from huggingface_hub import ModelCard

    data = ModelCard.load(fitted / "model" / "README.md").data.to_dict()
    assert data["library_name"] == "mpcl"
    (result,) = data["model-index"][0]["results"]
    assert {metric["type"] for metric in result["metrics"]} >= {"kl_divergence", "cosine"}
