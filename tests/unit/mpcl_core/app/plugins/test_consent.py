"""Consent to import plugin files: nothing that came with a run or a recipe is executed unasked."""

import shutil
from pathlib import Path

import pytest

from mpcl_core.app.plugins.consent import NOT_OF_RUNS, OF_RUNS, PluginConsent, RefusedPluginError
from mpcl_core.cli.main import main
from mpcl_core.interfaces.errors import RecipeError
from mpcl_core.recipe.load import Recipe, load
from mpcl_registry.discover import tracker
from support.hand_made_runs import finish, study

PLUGIN = """
import os
with open(os.environ["MARK"], "a", encoding="utf-8") as file:
    file.write("imported ")
import numpy as np
from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.hooks import hookimpl

class Flat(Estimator):
    "Flat."
    name = "NAME"
    def fit(self, windows):
        return self
    def predict(self, windows):
        return np.full(windows.D.shape, 1 / windows.D.shape[1])

@hookimpl
def mpcl_components():
    return [Flat]
"""

RECIPE = """
name: r
source: {use: simulated, subjects: 3, trials: 2, seconds: 4.0}
prepare: [{use: window, length: 4.0}]
protocol: {use: loso}
references: {uniform: null, knn: null}
plugins: [plugins/flat.py]
estimator: {use: flat}
"""


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MARK", str(tmp_path / "mark"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "mark"


@pytest.fixture
def folder(mark: Path) -> Path:
    folder = mark.parent / "strange"
    (folder / "plugins").mkdir(parents=True)
    (folder / "plugins" / "flat.py").write_text(PLUGIN.replace("NAME", "flat"))
    (folder / "recipe.yaml").write_text(RECIPE)
    return folder


@pytest.fixture
def run(folder: Path) -> Path:
    finish(folder, study("main"))
    (folder / "recipe.yaml").write_text(RECIPE)
    return folder


@pytest.fixture
def recipe(folder: Path) -> Recipe:
    return load(folder / "recipe.yaml")


@pytest.mark.parametrize(
    "words",
    ["verify RUN", "audit RUN", "check RUN/recipe.yaml", "compare RUN/recipe.yaml", "cache why RUN/recipe.yaml"],
)
def test_plugin_of_a_run_is_not_imported_without_trust(
    words: str, run: Path, mark: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words.replace("RUN", str(run)).split()) in (1, 2)
    shown = "".join(capsys.readouterr())
    assert "strange/plugins/flat.py is not imported without --trust" in shown
    assert not mark.exists()


@pytest.mark.parametrize("words", ["show RUN/recipe.yaml", "show simulated", "list estimator"])
def test_verbs_that_show_import_no_plugin(words: str, run: Path, mark: Path) -> None:
    assert main(words.replace("RUN", str(run)).split()) == 0
    assert not mark.exists()


def test_trusted_plugin_of_a_run_is_announced_and_imported(
    run: Path, mark: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cache", "why", str(run / "recipe.yaml"), "--trust"]) == 0
    assert "Importing strange/plugins/flat.py, a plugin file of the recipe" in capsys.readouterr().err
    assert mark.read_text() == "imported "


@pytest.mark.parametrize("verb", ["check", "compare", "run", "audit", "cache why"])
def test_no_plugins_refuses_the_files_of_a_recipe(
    verb: str, folder: Path, mark: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*verb.split(), str(folder / "recipe.yaml"), "--no-plugins"]) == 2
    assert "flat.py is not imported because of --no-plugins" in capsys.readouterr().err
    assert not mark.exists()


def test_plugin_of_a_recipe_is_announced_before_it_is_imported(recipe: Recipe, mark: Path) -> None:
    lines: list[str] = []
    PluginConsent(on_message=lambda line: lines.append(f"{line} {mark.exists()}")).find_plugins(recipe)
    assert lines == ["Importing strange/plugins/flat.py, a plugin file of the recipe False"]
    assert mark.exists()


def test_recipe_that_extends_one_of_a_run_needs_trust(run: Path, mark: Path) -> None:
    child = run.parent / "child.yaml"
    child.write_text("extends: strange/recipe.yaml\n")
    with pytest.raises(RefusedPluginError, match="without --trust"):
        NOT_OF_RUNS.find_plugins(load(child))
    assert not mark.exists()
    assert OF_RUNS.find_plugins(load(child)).catalog.find("estimator", "flat")


def test_copy_of_a_tracker_of_the_framework_needs_no_trust_and_a_changed_one_does(run: Path) -> None:
    copy = run / "plugins" / "flat.py"
    shutil.copy(tracker("jsonl"), copy)
    NOT_OF_RUNS.find_plugins(load(run / "recipe.yaml"))
    copy.write_text(copy.read_text() + "# another text\n")
    with pytest.raises(RefusedPluginError):
        NOT_OF_RUNS.find_plugins(load(run / "recipe.yaml"))


def test_named_copy_of_a_file_is_consent(run: Path, mark: Path) -> None:
    own = Path(shutil.copy(run / "plugins" / "flat.py", run.parent / "own.py"))
    lines: list[str] = []
    consent = PluginConsent(on_message=lines.append)
    assert consent.find_plugins(load(run / "recipe.yaml"), [own]).catalog.find("estimator", "flat")
    assert lines == []
    own.write_text(own.read_text() + "# another text\n")
    with pytest.raises(RefusedPluginError):
        consent.find_plugins(load(run / "recipe.yaml"), [own])
    assert mark.read_text() == "imported "


def test_name_that_another_plugin_brings_is_a_fault_of_the_recipe(folder: Path) -> None:
    (folder / "plugins" / "flat.py").write_text(PLUGIN.replace("NAME", "mean"))
    with pytest.raises(RecipeError, match=r"recipe\.yaml:7:11: plugins: two plugins bring a estimator named 'mean'"):
        NOT_OF_RUNS.find_plugins(load(folder / "recipe.yaml"))
