"""List the runs in a folder."""

import os
from pathlib import Path

import pytest

from mpcl_core.app.running.run_list import list_runs
from mpcl_core.interfaces.errors import UsageError
from support.drawn_runs import UNIFORM, finish, predict, study


def test_newest_run_comes_first(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "old")):
        (tmp_path / name).mkdir()
        predict(tmp_path / name, "near", UNIFORM)
        finish(tmp_path / name, {"estimator": {"use": "knn"}}, study("near"))
        os.utime(tmp_path / name / "lock.json", (1e9 - 1e6 * age,) * 2)
    assert [found.path.name for found in list_runs(tmp_path)] == ["new", "old"]


def test_folder_without_runs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no run"):
        list_runs(tmp_path)
    with pytest.raises(UsageError, match="there is no folder"):
        list_runs(tmp_path / "none")
