"""The file's own split."""

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.protocols.predefined import Predefined
from support.split_study import Trial, checked, study

TRIALS = [Trial("S1", f"t{t}", 2) for t in range(8)]


def test_test_and_training_windows_are_as_marked() -> None:
    split = ["train", "train", "test", "train"] * 4
    (fold,) = checked(Predefined(), study(TRIALS, split))
    assert fold.label == "predefined"
    np.testing.assert_array_equal(fold.test, np.arange(2, 16, 4))
    assert len(fold.validation) == round(0.2 * 12)


def test_validation_windows_are_as_marked() -> None:
    split = ["test"] * 4 + ["validation"] * 2 + ["train"] * 10
    for seed in (0, 1):
        (fold,) = checked(Predefined(seed=seed), study(TRIALS, split))
        assert fold.validation.tolist() == [4, 5]
        assert fold.train.tolist() == list(range(6, 16))


@pytest.mark.parametrize("bad", ["", "Test", "dev"])
def test_a_window_that_is_not_marked(bad: str) -> None:
    windows = study(TRIALS, ["train"] * 7 + [bad] + ["test"] * 8)
    with pytest.raises(DataError, match=f"'{bad}', but every window needs one of train, validation, test") as error:
        list(Predefined().split(windows))
    assert (error.value.field, error.value.row) == ("split", 7)


def test_a_study_without_a_split() -> None:
    with pytest.raises(DataError, match="split, row 0"):
        list(Predefined().split(study(TRIALS)))


@pytest.mark.parametrize(("only", "missing"), [("train", "test"), ("test", "train"), ("validation", "train")])
def test_a_side_without_windows(only: str, missing: str) -> None:
    with pytest.raises(DataError, match=f"no window is marked {missing}"):
        list(Predefined().split(study(TRIALS, [only] * 16)))
