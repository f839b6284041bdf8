"""Tables for label distribution learning, and what is said about files that are not what they should be."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from mpcl_core.data.grade import grade_fold
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols.kfold import KFold
from mpcl_plugins.sources.ldl_mat import LDLMat
from support.ldl_mat_files import Arrays, made

SIX = ("happiness", "sadness", "surprise", "anger", "disgust", "fear")


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    def write(arrays: Arrays, compressed: bool = False) -> Path:
        savemat(tmp_path / "set.mat", arrays, do_compression=compressed)
        return tmp_path / "set.mat"

    return write


@pytest.mark.parametrize(("name", "shape", "k"), [("SJAFFE", (213, 243), 6), ("emotion6", (1980, 168), 7)])
def test_a_real_set_has_the_rows_of_its_file(data_dir: Path, name: str, shape: tuple[int, int], k: int) -> None:
    path = data_dir / "ldl" / f"{name}.mat"
    source, stored = LDLMat(path=path), loadmat(path)
    windows = source.load()
    assert windows.modalities == source.modalities == (Modality("features", 1, shape[1]),)
    assert windows.X["features"].shape == (shape[0], 1, shape[1])
    np.testing.assert_array_equal(windows.X["features"][:, 0], stored["features"].astype(np.float32))
    np.testing.assert_array_equal(windows.D, stored["labels"])
    assert windows.labels == source.labels == tuple(f"label{number}" for number in range(k))
    assert not source.continuous


def test_zeros_of_emotion6_stay_zeros(data_dir: Path) -> None:
    windows = LDLMat(path=data_dir / "ldl" / "emotion6.mat").load()
    assert (windows.D == 0).mean() == pytest.approx(0.31, abs=0.005)
    assert (LDLMat(path=data_dir / "ldl" / "SJAFFE.mat").load().D > 0).all()


def test_a_split_of_a_real_set_is_window_held_out(data_dir: Path) -> None:
    windows = LDLMat(path=data_dir / "ldl" / "SJAFFE.mat").load()
    folds = list(KFold(folds=5).split(windows))
    assert sorted(np.concatenate([fold.test for fold in folds]).tolist()) == list(range(213))
    assert {grade_fold(windows, fold) for fold in folds} == {"row-held-out"}


def test_labels_have_the_names_of_the_recipe(data_dir: Path) -> None:
    source = LDLMat(path=data_dir / "ldl" / "SJAFFE.mat", label_names=SIX)
    assert source.labels == source.load().labels == SIX
    assert source.valence is None


@pytest.mark.parametrize("compressed", [False, True])
def test_windows_name_no_subject_trial_or_stimulus(save: Callable[..., Path], compressed: bool) -> None:
    arrays = made()
    windows = LDLMat(path=save(arrays, compressed)).load()
    assert isinstance(windows, WindowSet)
    np.testing.assert_array_equal(windows.D, arrays["labels"])
    for column in ("subject", "session", "trial", "condition", "stimulus", "split"):
        assert set(getattr(windows, column)) == {""}
    assert windows.present["features"].all()


@pytest.mark.parametrize("names", [("a", "b"), ("a", "b", "c", "d")])
def test_as_many_names_as_labels(save: Callable[..., Path], names: tuple[str, ...]) -> None:
    with pytest.raises(DataError, match=rf"set\.mat, labels: {len(names)} label_names for 3 columns"):
        LDLMat(path=save(made()), label_names=names).load()


def test_a_name_twice(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'joy' twice"):
        LDLMat(path=tmp_path, label_names=("joy", "fear", "joy"))


def written(arrays: Arrays, name: str, row: int, value: float) -> Arrays:
    arrays[name][row, 0] = value
    return arrays


LABELS, FEATURES = made()["labels"], made()["features"]
FAULTS: dict[str, tuple[Arrays, str, int | None, str]] = {
    "labels transposed": (
        made() | {"labels": LABELS.T},
        "labels",
        None,
        "3 rows, but features has 8; is it transposed?",
    ),
    "features transposed": (made() | {"features": FEATURES.T}, "labels", None, "8 rows, but features has 5"),
    "both transposed": (
        {"labels": LABELS.T, "features": FEATURES.T},
        "labels",
        None,
        "3 rows, but features has 5; is it transposed?",
    ),
    "as many labels as rows": ({"labels": made(3, 3)["labels"].T, "features": FEATURES[:3]}, "labels", 0, "sums to"),
    "other number of rows": (made() | {"labels": LABELS[:7]}, "labels", None, "7 rows, but features has 8"),
    "percentages": (made() | {"labels": LABELS * 100}, "labels", 0, "sums to 100, but a distribution sums to 1"),
    "one row off": (written(made(), "labels", 4, 2.0), "labels", 4, "sums to"),
    "negative": (written(made(), "labels", 4, -0.5), "labels", 4, "-0.5 is negative"),
    "NaN in a label": (written(made(), "labels", 4, np.nan), "labels", 4, "NaN"),
    "NaN in a feature": (written(made(), "features", 6, np.nan), "features", 6, "NaN"),
    "no labels": ({"features": FEATURES}, "labels", None, "no such array of numbers. The file has: features"),
    "no features": ({"labels": LABELS}, "features", None, "no such array of numbers. The file has: labels"),
    "no rows": ({"features": FEATURES[:0], "labels": LABELS[:0]}, "features", None, "no rows"),
    "labels of three dimensions": (made() | {"labels": LABELS[None]}, "labels", None, "(rows, k) is expected"),
    "text": (made() | {"labels": np.array(["joy"])}, "labels", None, "no such array of numbers"),
}


@pytest.mark.parametrize(("arrays", "field", "row", "message"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_file_field_and_row(
    save: Callable[..., Path], arrays: Arrays, field: str, row: int | None, message: str
) -> None:
    path = save(arrays)
    with pytest.raises(DataError) as caught:
        LDLMat(path=path).load()
    assert (caught.value.path, caught.value.field, caught.value.row) == (path, field, row)
    assert message in caught.value.message


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.mat: no such file"):
        _ = LDLMat(path=tmp_path / "none.mat").modalities
