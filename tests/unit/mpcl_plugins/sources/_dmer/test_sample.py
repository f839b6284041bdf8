"""Training and test rows of the published sample become windows; rows with one distribution are of one trial."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from mpcl_core.interfaces.data import Valence
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._dmer.sample import ROWS, SPLITS, read

LABELS = tuple("abcdefghij")
VALENCE = Valence(positive=("a",), negative=("b",))
COUNTS = {"train": 3, "test": 2}


def sample() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    first, second = rng.dirichlet(np.ones(10), 2)
    arrays = {
        f"{split}_{name}": rng.normal(size=(COUNTS[split], *shape)) for split in SPLITS for name, shape in ROWS.items()
    }
    arrays["train_label"], arrays["test_label"] = np.stack([first, second, first]), np.stack([second, first])
    return arrays


def written(folder: Path, arrays: dict[str, np.ndarray]) -> Path:
    savemat(folder / "7.mat", arrays)
    return folder / "7.mat"


def test_training_rows_precede_test_rows(tmp_path: Path) -> None:
    arrays = sample()
    windows = read(written(tmp_path, arrays), LABELS, VALENCE)
    assert windows.split.tolist() == ["train", "train", "train", "test", "test"]
    assert set(windows.subject) == {"7"}
    np.testing.assert_allclose(windows.X["eeg"][3:], arrays["test_eeg"], rtol=1e-6)
    assert windows.X["face"].shape == (5, 1, 32)


def test_rows_with_one_distribution_are_of_one_trial(tmp_path: Path) -> None:
    windows = read(written(tmp_path, sample()), LABELS, VALENCE)
    first, second, *_ = windows.trial
    assert first != second
    assert windows.trial.tolist() == [first, second, first, second, first]
    assert windows.window.tolist() == [0, 0, 1, 1, 2]


def test_row_that_is_no_distribution_or_number_is_named(tmp_path: Path) -> None:
    arrays = sample()
    arrays["test_label"][1, 0] += 0.5
    with pytest.raises(DataError) as error:
        read(written(tmp_path, arrays), LABELS, VALENCE)
    assert (error.value.field, error.value.row) == ("test_label", 1)
    arrays = sample()
    arrays["train_video"][2, 5] = np.nan
    with pytest.raises(DataError, match="NaN") as error:
        read(written(tmp_path, arrays), LABELS, VALENCE)
    assert (error.value.field, error.value.row) == ("train_video", 2)
