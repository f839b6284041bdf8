"""The model that a training starts from: what is read of it, and when it may know the tested people."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.runs.layout import MODEL_DESCRIPTION
from mpcl_core.runs.start_model import StartModel, hash_name, read_start_model, start_models, start_note
from mpcl_core.spec.variant import VariantSpec
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.protocols.loso import LOSO
from support.specs import block, network, variant_spec
from support.trainers import Unused


def start(source: str = "unused", *names: str, **changes: Any) -> StartModel:
    trained_on = {"people": {source: [hash_name(name) for name in names]}, "has_unknown_people": False, **changes}
    return StartModel(Path("m"), {"name": "old", "trained_on": trained_on, "files": {"weights.safetensors": "a" * 64}})


def spec(**changes: Any) -> VariantSpec:
    changes = {"from": Path("m"), **changes}
    return variant_spec("warm", network(**changes), block(Unused), block(LOSO))


def test_model_of_other_people_is_named_in_a_note() -> None:
    note = start_note(spec(), start("unused", "s1", "s2"), ["s3"])
    assert note == (
        "'warm' starts from the model 'old' (aaaaaaaaaaaa), which learned from 2 people of 'unused'; "
        "none of them is tested."
    )


def test_model_of_a_tested_person_is_refused_unless_only_the_name_is_the_same() -> None:
    with pytest.raises(DataError, match=r"learned from 1 of the people whom the folds test \(s2\)"):
        start_note(spec(), start("unused", "s1", "s2"), ["s2", "s3"])
    note = start_note(spec(from_other_people=True), start("unused", "s1", "s2"), ["s2", "s3"])
    assert note.endswith("the recipe states that none of them is tested. 1 of them have names of tested people.")


def test_people_of_another_source_count_as_other_people() -> None:
    assert "are of another source and count as other people" in start_note(spec(), start("deap", "s1"), ["s1"])


@pytest.mark.parametrize(
    ("model", "tested", "reason"),
    [
        (start("unused", "s1"), ["", "s2"], "tested windows name no person"),
        (start("unused", "s1", has_unknown_people=True), ["s2"], "it is unknown whom it learned from"),
        (start("unused", people={}), ["s2"], "it is unknown whom it learned from"),
    ],
)
def test_model_that_may_know_a_tested_person_is_refused(model: StartModel, tested: list[str], reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        start_note(spec(), model, tested)


def test_person_of_a_calibration_counts_as_known() -> None:
    model = start("unused", "s1")
    model = replace(model, description={**model.description, "calibration": {"subject": "anna"}})
    with pytest.raises(DataError, match="anna"):
        start_note(spec(), model, ["anna"])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"kind": "estimator"}, "holds an estimator"),
        ({"kind": "network", "members": 5}, "an ensemble of 5 networks"),
        ({"kind": "network", "files": {}}, "states no hash"),
    ],
)
def test_only_a_single_network_can_be_started_from(tmp_path: Path, content: dict[str, Any], reason: str) -> None:
    (tmp_path / MODEL_DESCRIPTION).write_text(json.dumps(content))
    with pytest.raises(UsageError, match=reason):
        read_start_model(tmp_path)


def test_variants_without_a_start_have_no_start_model(tmp_path: Path) -> None:
    plain = variant_spec("plain", network(), block(Unused), block(LOSO))
    estimator = variant_spec("mean", block(Mean), block(Unused), block(LOSO))
    assert start_models({"plain": plain, "mean": estimator}) == {}
    with pytest.raises(UsageError, match=r"train.from: .* is not a model folder"):
        start_models({"warm": spec(**{"from": tmp_path})})
