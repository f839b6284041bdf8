"""Build the manifest of a recipe."""

from pathlib import Path

import pytest

from mpcl_core.app.inspection.checking import check
from mpcl_core.recipe.load import load
from mpcl_core.runs.manifest import Manifest, WindowOrigin
from mpcl_core.runs.manifest_builder import hash_windows
from support.small_runs import QUICK, SMALL

RECIPE = f"""
extends: {QUICK}
name: small
seeds: [4, 5]
variants:
  later: {{}}
  wide: {{dim: 16}}
  near: {{estimator: {{use: knn}}}}
  other: {{protocol: {{use: random_windows}}}}
"""


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    path = tmp_path_factory.mktemp("recipe") / "r.yaml"
    path.write_text(RECIPE)
    checked = check(load(Path(path), [option.removeprefix("--set=") for option in SMALL]))
    return checked.manifest("cpu", checked.studies(lambda line: None))


def test_variants_are_resolved_and_baselines_marked(manifest: Manifest) -> None:
    baselines = {name for name, variant in manifest.variants.items() if variant.is_baseline}
    assert list(manifest.variants)[-4:] == ["later", "wide", "near", "other"]
    assert baselines == {"uniform", "mean", "knn", "other.uniform", "other.mean", "other.knn"}
    assert [manifest.variants[name].is_network for name in ("later", "wide", "near", "mean")] == [
        True,
        True,
        False,
        False,
    ]
    assert manifest.variants["wide"].recipe["dim"] == 16
    assert manifest.variants["later"].recipe["dim"] == 8
    assert manifest.variants["near"].recipe["estimator"] == {"use": "knn"}
    mean = manifest.variants["other.mean"].recipe
    assert mean["estimator"] == {"use": "mean"}
    assert mean["protocol"] == {"use": "random_windows"}
    assert "streams" not in mean


def test_studies_state_windows_folds_and_grades(manifest: Manifest) -> None:
    first, second = manifest.studies
    assert first.variants == ["uniform", "mean", "knn", "later", "wide", "near"]
    assert (first.grade, first.n_folds, first.is_simulated) == ("subject-independent", 3, True)
    assert second.grade == "leaky"
    assert first.data_hash == second.data_hash
    assert first.split_hash != second.split_hash
    assert isinstance(first.windows_from, WindowOrigin)
    assert all(note.endswith(" windows.") for note in first.notes if " is absent in " in note)
    assert first.transductive == ["'zscore' also uses the signals (never the labels) of the test windows."]


def test_components_and_packages_have_hashes_and_versions(manifest: Manifest) -> None:
    assert manifest.components["estimator knn"].owner == "mpcl_plugins.estimators"
    assert {len(component.sha256) for component in manifest.components.values()} == {64}
    assert manifest.packages["torch"]
    assert (manifest.seeds, manifest.device) == ([4, 5], "cpu")


def test_hash_of_windows_changes_with_any_value() -> None:
    from support.split_study import grid

    one, other = grid(2, 2), grid(2, 2)
    assert hash_windows(one) == hash_windows(other)
    other.weight[0] += 1
    assert hash_windows(one) != hash_windows(other)
