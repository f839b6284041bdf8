"""A model folder holds the network, the transforms, the card and the plugin files that a prediction needs."""

import inspect
import json
from dataclasses import replace
from pathlib import Path

import pytest

from mpcl_core.model.member import Member
from mpcl_core.model.save import Training, save_model
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.estimators.uniform import Uniform
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.sources.simulated import Simulated
from mpcl_plugins.transforms.zscore import ZScore
from support.ridge_study import study
from support.specs import block, variant_spec
from support.trainers import Unused


@pytest.fixture
def training() -> Training:
    windows = study(4, 3)
    windows.subject[:3] = ""
    transform = ZScore(scope="train")
    spec = variant_spec("mean", block(Mean), block(Unused), block(LOSO), [block(ZScore, scope="train")])
    fitted = Mean().fit(transform.fit_transform(windows))
    return Training(spec, windows, [transform], fitted, seed=1, data_hash="ab")


def description(folder: Path) -> dict[str, object]:
    content: dict[str, object] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    return content


def test_files_are_those_that_a_prediction_needs(training: Training, tmp_path: Path) -> None:
    save_model(tmp_path, training, [])
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"model.json", "weights.safetensors", "transforms.safetensors", "README.md"}
    content = description(tmp_path)
    assert set(content["files"]) == names - {"model.json"}  # type: ignore[call-overload]
    assert (content["kind"], content["epochs"], content["members"]) == ("estimator", None, 1)


def test_people_without_a_name_are_not_counted(training: Training, tmp_path: Path) -> None:
    save_model(tmp_path, training, [])
    trained_on = description(tmp_path)["trained_on"]
    assert isinstance(trained_on, dict)
    assert (trained_on["windows"], trained_on["subjects"], trained_on["data_hash"]) == (12, 3, "ab")


def test_model_of_a_simulation_says_so(training: Training, tmp_path: Path) -> None:
    spec = replace(training.spec, source=block(Simulated), recipe={**training.spec.recipe, "source": {}})
    for folder, each in (("measured", training), ("simulated", replace(training, spec=spec))):
        save_model(tmp_path / folder, each, [])
        trained_on = description(tmp_path / folder)["trained_on"]
        assert isinstance(trained_on, dict)
        assert trained_on["is_simulated"] is (folder == "simulated")


def test_model_without_transforms_has_no_file_for_them(training: Training, tmp_path: Path) -> None:
    save_model(tmp_path, replace(training, transforms=()), [])
    assert not (tmp_path / "transforms.safetensors").exists()
    recipe = description(tmp_path)["recipe"]
    assert isinstance(recipe, dict)
    assert "transforms" not in recipe


def test_each_member_of_an_ensemble_has_its_own_files(training: Training, tmp_path: Path) -> None:
    other = Member(training.transforms, Mean().fit(training.fitting))
    save_model(tmp_path, replace(training, others=[other]), [])
    assert len(list(tmp_path.rglob("weights*"))) == 2
    assert description(tmp_path)["members"] == 2


def test_only_plugin_files_with_a_component_of_the_model_are_copied(training: Training, tmp_path: Path) -> None:
    used, unused = (Path(inspect.getfile(cls)) for cls in (Mean, Uniform))
    save_model(tmp_path, training, [used, unused])
    assert [path.name for path in (tmp_path / "plugins").iterdir()] == [used.name]
    assert description(tmp_path)["plugins"] == [f"plugins/{used.name}"]
