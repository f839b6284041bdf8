"""Read weights without a network."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from mpcl_core.runs.weights import check_weights, count_weights, weights_file


@pytest.fixture
def job(tmp_path: Path) -> Path:
    weights_file(tmp_path).parent.mkdir()
    save_file({"w": np.zeros((2, 3), np.float32), "b": np.zeros(4, np.float32)}, weights_file(tmp_path))
    return tmp_path


def test_weights_are_counted_and_checked(job: Path) -> None:
    assert weights_file(job) == job / "model" / "weights.safetensors"
    assert count_weights(job) == 10
    check_weights(job)


def test_damaged_and_missing_weights_are_errors(job: Path) -> None:
    file = weights_file(job)
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(ValueError, match=r"ncomplete"):
        check_weights(job)
    file.unlink()
    with pytest.raises(OSError, match="No such file"):
        check_weights(job)
