"""A checked recipe knows its variants, components and plugin files; all faults of a recipe are stated together."""

import sys
from pathlib import Path

import pytest

from mpcl_core.app.inspection.checking import check, outline_studies, variant_specs
from mpcl_core.interfaces.errors import PluginError, RecipeError
from mpcl_core.recipe.load import Recipe, load
from support.fitted_study import RECIPE, SETS

VARIANTS = {"one": {"estimator": {"use": "mean"}}, "two": {"estimator": {"use": "uniform"}}, "three": {"dim": 12}}


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    return load({**RECIPE, "variants": VARIANTS}, SETS)


def test_sizes_are_those_of_the_networks_only(recipe: Recipe) -> None:
    checked = check(recipe)
    assert list(checked.specs) == ["one", "two", "three"]
    assert list(checked.sizes) == ["three"]


def test_variants_that_cannot_be_trained_in_a_cohort_are_named() -> None:
    variants = {"one": {"estimator": {"use": "mean"}}, "two": {}, "three": {"train": {"optimizer": {"use": "SGD"}}}}
    notes = check(load({**RECIPE, "variants": variants}, SETS)).notes
    assert notes == ["three: its jobs run one by one, since train.optimizer cannot be trained in a cohort."]


def test_plugin_file_that_is_named_twice_counts_once(recipe: Recipe, tmp_path: Path) -> None:
    file = tmp_path / "empty.py"
    file.write_text("from mpcl_core.plugin import hookimpl\n\n\n@hookimpl\ndef mpcl_components():\n    return []\n")
    assert check(recipe, [file, file]).plugin_files == [file.resolve()]


def test_plugin_file_that_does_not_load_is_named(recipe: Recipe, tmp_path: Path) -> None:
    file = tmp_path / "broken.py"
    file.write_text("import nothing_of_this_name\n")
    assert check(recipe, [file]).notes[0] == f"Not loaded: {file} (No module named 'nothing_of_this_name')"


DEADLY = """
import os

from mpcl_core.plugin import Encoder, Modality, hookimpl


class Deadly(Encoder):
    \"\"\"End the process.\"\"\"

    name = "deadly"

    def __init__(self, *, modality: Modality, dim: int) -> None:
        super().__init__(modality=modality, dim=dim)
        self.n_tokens = 1

    def forward(self, x):
        os.abort()


@hookimpl
def mpcl_components():
    return [Deadly]
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the process is copied")
def test_component_that_ends_its_process_is_refused_with_its_variant(tmp_path: Path) -> None:
    file = tmp_path / "deadly.py"
    file.write_text(DEADLY)
    encoders = {"streams": {"physiological": {"encoders": {"gsr": {"use": "deadly"}}}}}
    recipe = load({**RECIPE, "variants": {"one": {"estimator": {"use": "mean"}}, "two": encoders}}, SETS)
    with pytest.raises(
        PluginError, match=r"component of variant 'two' ends its process .* SIGABRT\. Look .*deadly\.py"
    ):
        check(recipe, [file])


@pytest.mark.skipif(sys.platform != "linux", reason="the process is copied")
def test_component_that_hangs_is_refused_with_its_variant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "hanging.py"
    file.write_text(DEADLY.replace("import os", "import time").replace("os.abort()", "time.sleep(60)"))
    monkeypatch.setattr("mpcl_core.jobs.rehearsal.SECONDS", 0.2)
    encoders = {"streams": {"physiological": {"encoders": {"gsr": {"use": "deadly"}}}}}
    with pytest.raises(PluginError, match=r"component of variant 'main' hangs .* did not return within 0.2 s\. Look"):
        check(load({**RECIPE, "variants": {"main": encoders}}, SETS), [file])


def test_fault_that_variants_share_is_stated_once_and_others_beside_it() -> None:
    broken = {
        **RECIPE,
        "variants": {
            "one": {"head": {"use": "hed"}},
            "two": {"head": {"use": "hed"}, "dim": 12},
            "three": {"head": {"use": "hod"}},
        },
    }
    with pytest.raises(RecipeError) as error:
        check(load(broken))
    texts = [str(fault) for fault in error.value.faults]
    assert len(texts) == 2
    assert any("no head named 'hed'" in text for text in texts)


def test_variants_are_assembled_without_the_data(tmp_path: Path) -> None:
    source = {
        "use": "folder",
        "path": str(tmp_path / "absent.csv"),
        "modalities": {"eeg": {"channels": ["Cz"], "sfreq": 64.0}},
        "labels": ["a", "b"],
    }
    stated = {**RECIPE, "source": source}
    assert list(variant_specs(load(stated))) == ["own"]


def test_outline_counts_windows_people_folds_and_jobs(recipe: Recipe) -> None:
    (outline,) = outline_studies(check(recipe.select(["one", "two"])), lambda _: None)
    assert (outline.subjects, outline.folds) == (10, 2)
    assert outline.jobs == len(outline.variants) * 2
    assert outline.as_json()["windows"] == outline.windows > 0
