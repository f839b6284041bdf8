"""The scores of a seed-averaged prediction by plugins' metrics are stored, since a reader has no function of theirs."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.integrity import find_file_problems
from mpcl_core.runs.reader import RunReader
from mpcl_core.runs.seed_average_file import read_seed_average, seed_average_file, write_seed_average
from support.hand_made_runs import finish, study


def test_scores_are_read_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "jobs" / "net").mkdir(parents=True)
    scores = {"brier": np.array([0.25, 0.5])}
    write_seed_average(tmp_path, "net", scores)
    found = read_seed_average(seed_average_file(tmp_path, "net"))
    np.testing.assert_array_equal(found["brier"], scores["brier"])
    assert RunReader(tmp_path).seed_average_scores("other") == {}


def test_damaged_file_is_named(tmp_path: Path) -> None:
    finish(tmp_path, study("main"))
    (tmp_path / "splits.json").write_text('{"studies": []}')
    file = seed_average_file(tmp_path, "main")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"PK")
    with pytest.raises(UsageError, match=r"seed_average\.npz cannot be read"):
        RunReader(tmp_path).seed_average_scores("main")
    assert "jobs/main/seed_average.npz" in {each.file for each in find_file_problems(RunReader(tmp_path))}
