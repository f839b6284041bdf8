"""Read the predictions of jobs."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.predictions import read_arrays, read_job_arrays
from mpcl_core.runs.reader import RunReader
from support.readable_run import readable_run


@pytest.fixture
def run(tmp_path: Path) -> RunReader:
    return readable_run(tmp_path)


def test_predictions_are_joined_over_folds_by_increasing_seed(run: RunReader) -> None:
    found = dict(run.seed_predictions("net"))
    assert list(found) == [0, 2, 10]
    assert all(np.array_equal(np.sort(seed.row), np.arange(16)) for seed in found.values())
    assert list(run.seed_predictions("absent")) == []


def test_damaged_predictions_are_one_message_that_names_the_file(run: RunReader) -> None:
    file = run.finished_jobs("net")[0] / "predictions.npz"
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(UsageError, match=r"predictions\.npz cannot be read: BadZipFile") as error:
        list(run.seed_predictions("net"))
    assert str(file) in str(error.value)


def test_only_named_arrays_are_read_and_missing_ones_reported(run: RunReader) -> None:
    job = run.finished_jobs("near")[0]
    assert list(read_job_arrays(job, ["weight", "D"])) == ["weight", "D"]
    assert set(read_job_arrays(job)) == {"D", "D_pred", "weight", "row", "subject", "trial"}
    with pytest.raises(UsageError, match=r"predictions\.npz cannot be read: KeyError"):
        read_job_arrays(job, ["window"])


def test_archive_with_objects_is_not_executed(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", a=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="holds objects"):
        read_arrays(tmp_path / "a.npz")
