"""Observers of a run are called with its arguments, and none can affect it."""

import json
import sys
from pathlib import Path

import pytest

import mpcl_core
from mpcl_core.app.running.run_observers import call_observers
from mpcl_core.cli.main import main

PLUGIN = """
from mpcl_core.plugin import hookimpl

@hookimpl
def mpcl_run_started(folder, plan):
    with open({log!r}, "a") as file:
        file.write(f"started {{folder.name}} {{len(plan)}} jobs\\n")

@hookimpl
def mpcl_run_ended(folder, results):
    with open({log!r}, "a") as file:
        file.write(f"ended {{folder.name}} {{results[0]['grade'] != ''}}\\n")
    raise RuntimeError("boom")
"""

RECIPE = {
    "name": "observed",
    "source": {"use": "simulated", "subjects": 3, "trials": 2, "seconds": 4.0},
    "prepare": [{"use": "window", "length": 4.0}],
    "protocol": {"use": "loso"},
    "estimator": {"use": "mean"},
    "references": {"mean": None, "knn": None, "uniform": None},
}


def test_observer_that_fails_does_not_affect_the_others(caplog: pytest.LogCaptureFixture) -> None:
    called: list[object] = []

    def failing(**_: object) -> None:
        sys.exit(3)

    call_observers({"hook": [failing, lambda value: called.append(value)]}, "hook", value=7)
    assert called == [7]
    assert "an observer of hook failed: SystemExit: 3" in caplog.text
    call_observers({}, "hook", value=7)


@pytest.mark.slow
def test_plugin_observes_start_and_end_of_a_run(tmp_path: Path) -> None:
    log, plugin = tmp_path / "log.txt", tmp_path / "observing.py"
    plugin.write_text(PLUGIN.format(log=str(log)))
    mpcl_core.run({**RECIPE, "plugins": [str(plugin)]}, out=tmp_path / "run")
    assert log.read_text().splitlines() == ["started run.partial 3 jobs", "ended run True"]


@pytest.mark.slow
def test_shards_call_the_observers_of_the_run_once(tmp_path: Path) -> None:
    log, plugin, recipe = tmp_path / "log.txt", tmp_path / "observing.py", tmp_path / "r.json"
    plugin.write_text(PLUGIN.format(log=str(log)))
    recipe.write_text(json.dumps(RECIPE))
    for shard in ("2/2", "1/2"):
        options = ["--jobs=1", "--no-figures", f"--shard={shard}", f"--plugin={plugin}"]
        assert main(["run", str(recipe), f"--out={tmp_path / 'run'}", *options]) == 0
    assert log.read_text().splitlines() == ["started run.partial 3 jobs", "ended run True"]
