"""Trackers are found before anything runs."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mpcl_core.app.running.trackers import check_trackers, tracker_files
from mpcl_core.interfaces.errors import PluginError, UsageError


def checked(not_loaded: dict[str, str]) -> Any:
    return SimpleNamespace(discovery=SimpleNamespace(catalog=SimpleNamespace(not_loaded=not_loaded)))


def test_trackers_are_plugin_files() -> None:
    files = tracker_files(["jsonl"])
    assert files["jsonl"].is_file()
    with pytest.raises(PluginError, match="nothing"):
        tracker_files(["nothing"])


def test_tracker_that_did_not_load_is_named_with_what_installs_it() -> None:
    files = {"mlflow": Path("mlflow.py")}
    check_trackers(files, checked({}))
    with pytest.raises(
        UsageError, match=r"--track mlflow: No module named 'mlflow'\. Install it: pip install 'mpcl\[mlflow\]'"
    ):
        check_trackers(files, checked({"mlflow.py": "No module named 'mlflow'"}))
    with pytest.raises(UsageError, match=r"--track mlflow: SyntaxError\.$"):
        check_trackers(files, checked({"mlflow.py": "SyntaxError"}))
