"""An estimator of scikit-learn trains one variant, which a search is not."""

import pytest

from mpcl_core.sklearn.variant import choose_variant, trainable_spec
from support.paths import ROOT

FEATURES = ROOT / "tests" / "support" / "features.yaml"
TWO = {"extends": "described", "variants": {"full": {}, "short": {"train": {"epochs": 1}}}}


def test_only_variant_needs_no_name_and_settings_patch_it_last() -> None:
    recipe = choose_variant(FEATURES, None, ("train.epochs=3",), {"train.epochs": 5})
    assert trainable_spec(recipe).recipe["train"]["epochs"] == 5


def test_variant_that_is_missing_is_rejected() -> None:
    with pytest.raises(ValueError, match="variant is 'full', but must be one of main"):
        choose_variant(FEATURES, "full", (), None)
    with pytest.raises(ValueError, match="variant is None, but must be one of full, short"):
        choose_variant(TWO, None, (), None)


def test_search_is_rejected() -> None:
    searched = {
        "extends": "described",
        "variants": {"main": {"search": {"space": {"train.lr": [0.1, 0.2]}, "trials": 2}}},
    }
    with pytest.raises(ValueError, match="'main' has a search, which runs make"):
        trainable_spec(choose_variant(searched, None, (), None))
