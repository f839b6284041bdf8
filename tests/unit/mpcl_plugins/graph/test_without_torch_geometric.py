"""Without torch-geometric everything but the graphs works; with it, what has no graph does not import it."""

import subprocess
import sys
from pathlib import Path

import pytest

import mpcl_plugins.graph
from mpcl_core.cli.main import main
from mpcl_registry.discover import DEFAULT_PLUGINS, discover
from support.paths import ROOT

RECIPES = ROOT / "mpcl_core" / "recipes"
SMALL = [f"--set={text}" for text in ("source.subjects=3", "source.trials=3", "source.seconds=12")]


@pytest.fixture
def uninstalled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mpcl_plugins.graph, "find_spec", lambda name: None)


@pytest.mark.usefixtures("uninstalled")
def test_only_the_graph_plugin_is_not_loaded() -> None:
    catalog = discover(entries=()).catalog
    assert catalog.not_loaded == {"mpcl_plugins.graph": "No module named 'torch_geometric'"}
    assert catalog.find("fusion", "msaf") is not None
    assert catalog.find("fusion", "modality_graph") is None
    assert "mpcl_plugins.graph" in DEFAULT_PLUGINS


@pytest.mark.usefixtures("uninstalled")
def test_a_recipe_with_a_graph_fails_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(RECIPES / "graph.yaml"), *SMALL]) == 2
    err = capsys.readouterr().err
    assert err.startswith("graph.yaml:8:18 (shipped recipe 'graph'): streams.physiological.encoders.eeg.use: ")
    assert "no encoder named 'channel_graph'." in err
    assert "Not loaded: mpcl_plugins.graph (No module named 'torch_geometric')." in err
    assert "Traceback" not in err


@pytest.mark.slow
@pytest.mark.usefixtures("uninstalled")
def test_other_recipes_and_list_work(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(RECIPES / "described.yaml"), *SMALL]) == 0
    assert main(["list", "fusion"]) == 0
    assert "mpcl_plugins.graph (No module named 'torch_geometric')" in " ".join(capsys.readouterr().out.split())


@pytest.mark.slow
def test_it_is_imported_only_when_a_graph_is_built(tmp_path: Path) -> None:
    code = f"""
import sys
from mpcl_core.cli.main import main
for recipe, imported in (("mpcl.yaml", False), ("graph.yaml", True)):
    assert main(["check", "{RECIPES}/" + recipe, *{SMALL!r}]) == 0
    assert ("torch_geometric" in sys.modules) == imported, recipe
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
