"""Groups, samples and descriptions of windows for the checks of an audit."""

import numpy as np

from mpcl_core.interfaces.data import Fold, Modality, WindowSet
from mpcl_core.leaks.finding import N_EXAMPLES
from mpcl_core.leaks.window_groups import (
    describe_examples,
    describe_window,
    fitting_indices,
    group_ids,
    take_evenly,
    untested_fitting_indices,
)

FOLD = Fold(train=np.array([4, 1]), validation=np.array([3]), test=np.array([0, 1, 2]), label="f")
WINDOWS = WindowSet(
    modalities=(Modality("gsr", 1, 1),),
    X={"gsr": np.zeros((5, 1, 1), np.float32)},
    present={"gsr": np.ones(5, bool)},
    D=np.full((5, 2), 0.5),
    labels=("happy", "sad"),
    subject=np.array(["a", "a", "b", "b", ""]),
    trial=np.array(["1", "2", "1", "1", ""]),
    window=np.arange(5),
)


def test_fitting_windows_are_training_then_validation_windows() -> None:
    assert fitting_indices(FOLD).tolist() == [4, 1, 3]
    assert untested_fitting_indices(FOLD).tolist() == [4, 3]


def test_windows_of_equal_columns_share_a_number() -> None:
    ids = group_ids(WINDOWS, "subject", "trial")
    assert ids[2] == ids[3]
    assert len(set(ids.tolist())) == 4
    assert len(set(group_ids(WINDOWS).tolist())) == 1


def test_windows_are_taken_evenly_with_both_ends() -> None:
    indices = np.arange(100)
    taken = take_evenly(indices, 5)
    assert taken.tolist() == [0, 25, 50, 74, 99]
    assert take_evenly(indices[:5], 5).tolist() == [0, 1, 2, 3, 4]


def test_a_window_is_described_by_what_is_known_of_it() -> None:
    assert describe_window(WINDOWS, 1) == "window 1 (subject a, trial 2, number 1)"
    assert describe_window(WINDOWS, 4) == "window 4 (number 4)"
    assert len(describe_examples(WINDOWS, np.zeros(N_EXAMPLES + 3, np.int64))) == N_EXAMPLES
