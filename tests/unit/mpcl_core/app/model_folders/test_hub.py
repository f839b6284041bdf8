"""A model is pushed to a hub and fetched from there, with nothing but the files that it states."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import mpcl_core
from mpcl_core.app.model_folders.hub import HubError, model_folder, push_model
from support.fitted_study import RECIPE, SETS
from support.hub_server import hub_server

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Use 'content=")]  # huggingface_hub's upload


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPCL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)


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


def test_newest_model_is_fetched_after_another_push(
    fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetched() -> bytes:
        return (model_folder("hub:me/emotions") / "weights.safetensors").read_bytes()

    other = tmp_path / "other"
    mpcl_core.fit(RECIPE, other, sets=(*SETS, "source.seed=5"), on_message=None)
    with hub_server() as (address, _):
        monkeypatch.setenv("HF_ENDPOINT", address)
        for folder in (fitted / "model", other):
            push_model(folder, "me/emotions")
            assert fetched() == (folder / "weights.safetensors").read_bytes()


def test_files_that_a_repository_no_longer_has_are_not_taken_from_the_cache(
    fitted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hub_server() as (address, repositories):
        monkeypatch.setenv("HF_ENDPOINT", address)
        push_model(fitted / "model", "me/emotions")
        assert (model_folder("hub:me/emotions") / "README.md").is_file()
        del repositories["me/emotions"]["README.md"]
        assert not (model_folder("hub:me/emotions") / "README.md").exists()
        repositories["me/emotions"].clear()
        with pytest.raises(HubError, match=r"hub:me/emotions holds no model: it has no model\.json"):
            model_folder("hub:me/emotions")


def test_hub_without_xet_storage_names_the_setting(fitted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("hf_xet")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", False)
    with hub_server() as (address, _):
        monkeypatch.setenv("HF_ENDPOINT", address)
        with pytest.raises(HubError, match="set HF_HUB_DISABLE_XET=1 for a hub without Xet storage"):
            push_model(fitted / "model", "me/emotions")


@pytest.mark.parametrize("name", ["emotions", "me/", "/emotions", "me/my/emotions"])
def test_name_of_another_form_is_refused_before_the_hub_is_asked(name: str, fitted: Path) -> None:
    with pytest.raises(HubError, match=f"'{name}' is no name of a repository; name it OWNER/NAME"):
        push_model(fitted / "model", name)
    with pytest.raises(HubError, match="name it OWNER/NAME"):
        model_folder(f"hub:{name}")


def test_card_has_metadata_that_hubs_read(fitted: Path) -> None:
    from huggingface_hub import ModelCard

    data = ModelCard.load(fitted / "model" / "README.md").data.to_dict()
    assert data["library_name"] == "mpcl"
    (result,) = data["model-index"][0]["results"]
    assert {metric["type"] for metric in result["metrics"]} >= {"kl_divergence", "cosine"}
