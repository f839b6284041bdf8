"""Compare the plugin files of a run with their originals, and with the list of digests."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mpcl_core.app.plugins.consent import RefusedPluginError
from mpcl_core.app.verification.plugin_originals import find_changed_originals, refuse_changed_plugins
from mpcl_core.runs.digests import write_digests


@pytest.fixture
def run(tmp_path: Path) -> Path:
    run = tmp_path / "run"
    (run / "plugins").mkdir(parents=True)
    (run / "plugins" / "p.py").write_text("A = 1\n")
    (tmp_path / "p.py").write_text("A = 1\n")
    return run


def compare(run: Path, original: Path) -> tuple[list[str], list[str]]:
    messages: list[str] = []
    manifest: Any = SimpleNamespace(plugin_originals={"plugins/p.py": str(original)})
    return [str(problem) for problem in find_changed_originals(run, manifest, messages.append)], messages


def test_same_original_has_no_problem(run: Path) -> None:
    assert compare(run, run.parent / "p.py") == ([], [])


def test_changed_original_is_named(run: Path) -> None:
    (run.parent / "p.py").write_text("A = 2\n")
    ((problem,), messages) = compare(run, run.parent / "p.py")
    assert problem.startswith(f"plugins/p.py: differs from the file that it was copied from, {run.parent / 'p.py'}")
    assert messages == []


def test_missing_original_is_only_mentioned(run: Path) -> None:
    problems, (message,) = compare(run, run.parent / "gone.py")
    assert problems == []
    assert "plugins/p.py cannot be compared with its original: there is no file" in message


def test_plugin_that_changed_since_the_run_is_refused(run: Path) -> None:
    digest = write_digests(run)
    refuse_changed_plugins(run)
    refuse_changed_plugins(run, digest)
    with pytest.raises(RefusedPluginError, match="its SHA-256 is"):
        refuse_changed_plugins(run, "0" * 64)
    (run / "plugins" / "p.py").write_text("A = 2\n")
    with pytest.raises(RefusedPluginError, match="has changed since it was written, so no plugin file of the run is"):
        refuse_changed_plugins(run)


def test_run_without_plugins_is_not_refused(tmp_path: Path) -> None:
    refuse_changed_plugins(tmp_path, "0" * 64)
