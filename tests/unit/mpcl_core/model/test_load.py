"""A stored model predicts as before; a file that is missing, changed or does not fit is named."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mpcl_core import testing
from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.model.exporting.graph import prepare_graph
from mpcl_core.model.load import build_model, read_description
from mpcl_core.model.model import Model
from mpcl_core.model.save import Training, save_changed_model, save_model
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.mixture import Mixture
from mpcl_core.training.trained_network import TrainedNetwork
from mpcl_plugins.estimators.ridge import Ridge
from mpcl_plugins.transforms.zscore import ZScore
from support.small_models import new_person, small_model
from support.specs import block, network

ZSCORE = {"scope": "train"}


def training(model: Model) -> Training:
    return Training(model.spec, testing.study(), model.transforms, model.trained, seed=3, fold="f0")


@pytest.fixture(scope="module")
def model() -> Model:
    made = small_model([ZScore(**ZSCORE)])
    return replace(made, spec=replace(made.spec, transforms=(block(ZScore, **ZSCORE),)))


@pytest.fixture
def folder(model: Model, tmp_path: Path) -> Path:
    save_model(tmp_path / "model", training(model), [])
    return tmp_path / "model"


def loaded(folder: Path, spec: VariantSpec) -> Model:
    return build_model(folder, read_description(folder), spec)


def test_loaded_model_predicts_what_was_stored(model: Model, folder: Path) -> None:
    windows = new_person()
    again = loaded(folder, model.spec)
    assert np.array_equal(again.predict(windows).D_pred, model.predict(windows).D_pred)
    assert (again.description.seed, again.description.trained_on.fold) == (3, "f0")
    assert again.description.kind == "network"


def test_mixture_with_estimators_is_stored_and_damage_to_it_is_named(tmp_path: Path) -> None:
    mix, windows = {"ridge": block(Ridge)}, testing.study()
    made = small_model(spec=replace(network(), mix=mix))
    assert isinstance(made.trained, TrainedNetwork)
    plain = made.predict(new_person()).D_pred
    made.trained.mixture = Mixture({"ridge": Ridge().fit(windows)}, np.array([0.25, 0.75]))
    D_pred = made.predict(new_person()).D_pred
    save_model(tmp_path / "model", training(made), [])
    again = loaded(tmp_path / "model", made.spec)
    assert not np.allclose(D_pred, plain, atol=1e-3)
    assert np.array_equal(again.predict(new_person()).D_pred, D_pred)
    save_changed_model(tmp_path / "model", tmp_path / "other", again)
    assert np.array_equal(loaded(tmp_path / "other", made.spec).predict(new_person()).D_pred, D_pred)
    (tmp_path / "model" / "mixture.safetensors").unlink()
    with pytest.raises(DataError, match=r"mixture\.safetensors"):
        loaded(tmp_path / "model", made.spec)
    with pytest.raises(UsageError, match="mixes the network with estimators"):
        prepare_graph(made)


def test_model_that_was_made_of_a_stored_one_is_stored_like_it(model: Model, folder: Path, tmp_path: Path) -> None:
    again = loaded(folder, model.spec)
    changed = replace(again, description=again.description.model_copy(update={"name": "changed"}))
    save_changed_model(folder, tmp_path / "other", changed)
    other = loaded(tmp_path / "other", model.spec)
    assert other.description.name == "changed"
    assert np.array_equal(other.predict(new_person()).D_pred, model.predict(new_person()).D_pred)


def test_folder_without_a_description_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not a model folder: it has no model\.json"):
        read_description(tmp_path)


@pytest.mark.parametrize("file", ["weights.safetensors", "transforms.safetensors"])
def test_missing_and_changed_files_are_named(file: str, model: Model, folder: Path) -> None:
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(DataError, match=file):
        loaded(folder, model.spec)
    (folder / file).unlink()
    with pytest.raises(DataError, match=file):
        loaded(folder, model.spec)


def test_weights_of_another_network_are_an_error_that_names_the_file(model: Model, folder: Path) -> None:
    wider = replace(model.spec, model=replace(model.spec.model, dim=12))  # type: ignore[type-var]
    with pytest.raises(DataError, match=r"weights\.safetensors"):
        loaded(folder, wider)


def test_description_of_another_format_is_refused(model: Model, folder: Path) -> None:
    content = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**content, "format_version": 1}))
    with pytest.raises(UsageError, match="has format version 1, but this version of mpcl reads"):
        read_description(folder)
