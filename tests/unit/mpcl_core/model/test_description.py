"""What ``model.json`` states is checked, and the recipe of a model is that of its variant or baseline."""

from typing import Any

import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.model.description import Calibration, model_recipe, parse_description
from mpcl_plugins.estimators.knn import KNN
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.transforms.zscore import ZScore
from support.model_descriptions import described
from support.specs import block, network, variant_spec
from support.trainers import Unused

DESCRIPTION = described(kind="network", recipe={"source": {"use": "simulated"}}, epochs=3)


def test_description_is_read_back_as_it_was_written() -> None:
    assert parse_description({**DESCRIPTION.as_json(), "files": {}}, "here") == DESCRIPTION
    assert "files" not in DESCRIPTION.as_json()


MODALITY = {"name": "eeg", "n_chans": 2, "n_times": 3, "sfreq": 64.0, "ch_names": [], "unit": ""}
CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "older format": ({"format_version": 1}, "here has format version 1, but this version of mpcl reads"),
    "no number": ({"seed": "one"}, "here is damaged: seed"),
    "no members": ({"members": 0}, "here is damaged: members"),
    "field of a newer version": ({"colour": 1}, "here states 'colour', which this version of mpcl does not know"),
    "other kind": ({"kind": "tree"}, "here is damaged: kind"),
    "unknown emotion": (
        {"valence": {"positive": ["joy"], "negative": [""]}},
        "the valence names '', which is none of the emotions: joy, fear",
    ),
    "ranges of other channels": (
        {"modalities": [MODALITY], "ranges": {"eeg": {"mean": [[0, 1]] * 2, "sd": [[0, 1]]}}},
        r"ranges\.eeg\.sd has 1 entries, but 2 are due",
    ),
    "ranges of another table": (
        {"modalities": [MODALITY | {"sfreq": None}], "ranges": {"eeg": {"mean": [[0, 1]] * 2}}},
        r"ranges\.eeg\.mean has 2 entries, but 6 are due",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_other_formats_and_damage_are_refused_with_the_place(change: str) -> None:
    values, message = CHANGES[change]
    with pytest.raises(UsageError, match=message):
        parse_description({**DESCRIPTION.as_json(), **values}, "here")


def test_one_value_for_each_emotion_is_needed() -> None:
    calibration = Calibration(subject="a", trials=2, windows=4, offset=(0.1, 0.2, -0.3)).model_dump()
    with pytest.raises(UsageError, match="offset has 3 values, but there are 2 emotions"):
        parse_description({**DESCRIPTION.as_json(), "calibration": calibration}, "here")


def test_recipe_of_a_network_is_that_of_its_variant() -> None:
    spec = variant_spec("net", network(), block(Unused), block(LOSO))
    assert model_recipe(spec) == spec.recipe
    assert model_recipe(spec) is not spec.recipe


def test_recipe_of_a_baseline_has_its_estimator_and_what_it_shares() -> None:
    spec = variant_spec("knn", block(KNN, k=3, modalities=None), block(Unused), block(LOSO), [block(ZScore)])
    spec.recipe.update({"transforms": [{"use": "zscore"}], "streams": {"body": {}}})  # type: ignore[attr-defined]
    recipe = model_recipe(spec)
    assert recipe["estimator"] == {"use": "knn", "k": 3}
    assert recipe["transforms"] == [{"use": "zscore"}]
    assert "streams" not in recipe
