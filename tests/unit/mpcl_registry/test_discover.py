"""Discovery: what is found, in which order, and what a broken plugin does to the others."""

import argparse
import re
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from mpcl_core.cli import run
from mpcl_core.interfaces.components import Fusion
from mpcl_core.interfaces.errors import PluginError
from mpcl_registry.catalog import Catalog
from mpcl_registry.discover import DEFAULT_PLUGINS, TRACKERS, discover, trackers
from support.plugin_metrics import BRIER, write_brier

FUSION = """
from mpcl_core.interfaces.components import Fusion
from mpcl_core.interfaces.hooks import hookimpl

class Mine(Fusion):
    name = "{name}"
    def forward(self, tokens, present):
        return next(iter(tokens.values())).mean(-2)

@hookimpl
def mpcl_components():
    return [Mine]
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_every_default_plugin_loads() -> None:
    catalog = discover(entries=()).catalog
    assert catalog.not_loaded == {}
    without = {"mpcl_plugins.trackers", "mpcl_plugins.graph"}  # trackers only observe; the graphs are not written yet
    assert {entry.owner for entry in catalog.entries()} | without == set(DEFAULT_PLUGINS)


def test_plugin_file_brings_its_component(tmp_path: Path) -> None:
    path = write(tmp_path, "mine.py", FUSION.format(name="mine"))
    catalog = discover([path], entries=()).catalog
    found = catalog.find("fusion", "mine")
    assert found is not None
    assert issubclass(found, Fusion)
    assert catalog.find("head", "mine") is None


def test_discoveries_are_independent(tmp_path: Path) -> None:
    path = write(tmp_path, "mine.py", FUSION.format(name="mine"))
    discover([path], entries=())
    assert discover(entries=()).catalog.find("fusion", "mine") is None


def test_same_name_in_two_plugins_names_both(tmp_path: Path) -> None:
    path = write(tmp_path, "mine.py", FUSION.format(name="concat"))
    with pytest.raises(
        PluginError, match=r"two plugins bring a fusion named 'concat': mpcl_plugins.fusions and .*mine\.py"
    ):
        discover([path], entries=())


def test_file_of_an_installed_package_is_loaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "site"
    installed.mkdir()
    write(installed, "mine_installed.py", FUSION.format(name="mine"))
    monkeypatch.syspath_prepend(str(installed))
    entries = [EntryPoint("mine", "mine_installed", "mpcl")]
    same = write(tmp_path, "mine.py", FUSION.format(name="mine"))
    (entry,) = [entry for entry in discover([same], entries).catalog.entries() if entry.cls.name == "mine"]
    assert entry.owner == "mine"
    write(tmp_path, "mine.py", FUSION.format(name="mine") + "# changed since\n")
    with pytest.raises(PluginError, match="two plugins bring a fusion named 'mine'"):
        discover([same], entries)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("raise RuntimeError('boom')", "RuntimeError: boom"),
        ("import not_there_at_all", "No module named 'not_there_at_all'"),
        ("x = 1", "it has no function marked @hookimpl"),
        ("def broken(:", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        (FUSION.format(name="m").replace("mpcl_components", "mpcl_component"), "PluginValidationError"),
        (FUSION.format(name="m").replace("return [Mine]", "raise ValueError('no')"), "ValueError: no"),
        (FUSION.format(name="m").replace("def forward", "def backward"), "Mine does not define forward"),
    ],
)
def test_broken_plugin_is_left_out_with_its_reason(tmp_path: Path, text: str, reason: str) -> None:
    path = write(tmp_path, "broken.py", text)
    catalog = discover([path], entries=()).catalog
    assert reason in catalog.not_loaded[str(path)]
    assert catalog.find("fusion", "concat") is not None
    assert f"Not loaded: {path}" in catalog.unknown("fusion", "m")


def test_plugin_file_with_a_file_beside_it_is_left_out_wherever_the_command_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "helper.py", "TWO = 2")
    path = write(tmp_path, "mine.py", "from helper import TWO\n" + FUSION.format(name="mine"))
    for folder in (tmp_path, tmp_path.parent):
        monkeypatch.chdir(folder)
        monkeypatch.syspath_prepend("")
        reason = discover([path], entries=()).catalog.not_loaded[str(path)]
        assert reason.startswith(f"'helper.py' ({tmp_path / 'helper.py'}) is imported")
        assert "Make the plugin a package (mpcl new plugin NAME --package)" in reason


def test_entry_point_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "installed_plugin.py", FUSION.format(name="installed"))
    monkeypatch.syspath_prepend(tmp_path)
    entry = EntryPoint("their_plugin", "installed_plugin", "mpcl")
    catalog = discover(entries=[entry]).catalog
    (found,) = [entry for entry in catalog.entries("fusion") if entry.cls.name == "installed"]
    assert found.owner == "their_plugin"


def test_missing_plugin_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="no plugin file"):
        discover([tmp_path / "nothing.py"], entries=())


def test_file_of_another_kind_is_not_run_as_a_program(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("raise SystemExit\n")
    with pytest.raises(PluginError, match=r"data\.csv is no plugin file; the name of a plugin file ends in \.py"):
        discover([tmp_path / "data.csv"], entries=())


def test_unknown_name_suggests_close_names() -> None:
    message = discover(entries=()).catalog.unknown("fusion", "concatt")
    assert message.startswith("no fusion named 'concatt'. Did you mean 'concat'? Known: concat, cross_attention")
    assert "'hopfield' is the name of a retrieval" in discover(entries=()).catalog.unknown("fusion", "hopfield")


class NoName(Fusion):
    def forward(self, tokens, present):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        return next(iter(tokens.values()))


class Swallows(NoName):
    name = "swallows"

    def __init__(self, **everything: object) -> None: ...


class Untyped(NoName):
    name = "untyped"

    def __init__(self, *, modalities, n_tokens, dim) -> None: ...  # type: ignore[no-untyped-def]  # noqa: ANN001


class Short(NoName):
    name = "short"

    def __init__(self, *, dim: int) -> None: ...


class Unfinished(Fusion):
    name = "unfinished"


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (NoName, "needs a class attribute 'name'"),
        (Swallows, r"takes '\*\*everything: object'; name every parameter"),
        (Untyped, "'modalities' has no type annotation"),
        (Short, "must take modalities, n_tokens, which the engine supplies"),
        (Unfinished, "does not define forward"),
        (int, "a class of no slot"),
    ],
)
def test_invalid_component_is_refused(cls: type, message: str) -> None:
    with pytest.raises(PluginError, match=message):
        Catalog().add(cls, "theirs")


def test_plugin_file_brings_its_metric(tmp_path: Path) -> None:
    file = write_brier(tmp_path)
    catalog = discover([file], entries=()).catalog
    assert not catalog.not_loaded
    ((metric, owner),) = catalog.metrics.values()
    assert (metric.name, metric.higher_is_better, owner) == ("brier", False, str(file))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"brier", brier', '"cosine", brier', "'cosine' is the name of one of the six metrics"),
        ('"brier", brier', '"my metric", brier', "a name has letters"),
        ('"brier", brier', '"epochs", brier', "a metric cannot be named 'epochs'"),
        ('"brier", brier', '"brier", abs', "the metric 'brier' needs a function"),
        ('[Metric("brier", brier)]', "[brier]", "which is no Metric"),
        ('[Metric("brier", brier)]', "None", r"mpcl_metrics\(\) returned no list"),
    ],
)
def test_broken_metric_is_left_out_with_its_reason(tmp_path: Path, old: str, new: str, reason: str) -> None:
    file = write(tmp_path, "broken.py", BRIER.replace(old, new))
    catalog = discover([file], entries=()).catalog
    assert catalog.metrics == {}
    assert re.search(reason, catalog.not_loaded[str(file)])


def test_same_metric_in_two_plugins_names_both(tmp_path: Path) -> None:
    other = write(tmp_path, "other.py", BRIER + "\n# changed\n")
    with pytest.raises(PluginError, match=r"two plugins bring a metric named 'brier': .*brier\.py and .*other\.py"):
        discover([write_brier(tmp_path), other], entries=())


def test_trackers_are_those_that_the_command_line_offers() -> None:
    offered = next(action for action in _run_options() if "--track" in action.option_strings).choices
    assert [path.stem for path in trackers()] == list(offered or ()) == list(TRACKERS)


def _run_options() -> list[argparse.Action]:
    parser = argparse.ArgumentParser()
    run.add_arguments(parser)
    return parser._actions


@pytest.mark.slow
def test_plugin_may_import_a_library_that_wraps_functions_of_torch(tmp_path: Path) -> None:
    (tmp_path / "graph.py").write_text(f"from torch_geometric.nn import DenseGCNConv\n{FUSION.format(name='graph')}")
    program = (
        "import sys; from pathlib import Path; from mpcl_registry.discover import discover; "
        "print(discover([Path(sys.argv[1])], entries=()).catalog.not_loaded)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "graph.py")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "{}\n"
