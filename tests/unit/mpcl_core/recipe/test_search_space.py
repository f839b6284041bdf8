"""The block `search` of a recipe: what it refuses, and the variants that its trials run."""

from typing import Any

import pytest

pytest.importorskip("optuna")

from mpcl_core.interfaces.errors import RecipeError
from mpcl_core.recipe import search_space
from mpcl_core.recipe.assemble import assemble
from mpcl_core.recipe.load import load
from mpcl_core.spec.variant import VariantSpec
from mpcl_registry.discover import discover

BASE: dict[str, Any] = {
    "name": "searched",
    "source": {"use": "simulated"},
    "prepare": [{"use": "window", "length": 4.0}],
    "protocol": {"use": "loso"},
    "estimator": {"use": "knn", "k": 3},
}
SPACE = {"estimator.k": {"low": 1, "high": 30}}


def spec(**search: Any) -> VariantSpec:
    return assemble(load({**BASE, "search": {"space": SPACE, "trials": 3, **search}}), discover(()).catalog)["main"]


def test_candidate_has_the_values_and_no_search() -> None:
    found = spec()
    assert found.search is not None
    candidate = found.search.candidate({"estimator.k": 7})
    assert candidate.recipe["estimator"] == {"use": "knn", "k": 7}
    assert candidate.search is None
    assert "search" not in candidate.recipe
    assert found.recipe["search"]["trials"] == 3, "the resolved recipe keeps it"


@pytest.mark.parametrize(
    ("search", "message"),
    [
        ({"space": {"estimator.k": {"low": 0, "high": 9}}}, "search.space.estimator.k: with 0: "),
        ({"space": {"estimator.kk": [1, 2]}}, "search.space.estimator.kk: with 1: "),
        ({"space": {"source.subjects": [3, 4]}}, "which change neither windows nor folds"),
        ({"space": {"estimator.use": ["knn", "mean"]}}, "State a variant for each of them"),
        ({"space": {"estimator.k": {"low": 9, "high": 1}}}, "low must be less than high"),
        ({"space": {"estimator.k": {"low": 0, "high": 9, "log": True}}}, "low must be greater than 0"),
        ({"sampler": "TPE"}, "search.sampler: there is no sampler 'TPE'."),
        ({"sampler": "BruteForceSampler"}, "search.sampler: BruteForceSampler stops by itself after all combinations"),
        ({"pruner": "none"}, "search.pruner: there is no pruner 'none'."),
        ({"trials": 0}, "search.trials"),
    ],
)
def test_search_that_cannot_run_is_refused_with_its_place(search: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        spec(**search)
    assert message in str(caught.value)


def test_sampler_whose_library_is_missing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(search_space.LIBRARIES, "CmaEsSampler", "no_such_library")
    with pytest.raises(
        RecipeError, match="CmaEsSampler needs the library no_such_library, which is not installed: pip install"
    ):
        spec(sampler="CmaEsSampler")
