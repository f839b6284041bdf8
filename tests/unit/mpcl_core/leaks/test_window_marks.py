"""Mark windows by their weights, and recognise them by these marks."""

import numpy as np

from mpcl_core import testing
from mpcl_core.interfaces.data import Fold
from mpcl_core.leaks.window_marks import MARK_STEP, mark_windows, read_marks

WINDOWS = testing.study()
FOLD = Fold(np.arange(0, 140), np.arange(140, 190), np.arange(190, 240), "f")


def test_marks_survive_selection_and_float32() -> None:
    used = mark_windows(WINDOWS, [FOLD], 120)
    windows, fold = used.select_fold(FOLD)
    assert np.array_equal(used.find_indices(read_marks(windows.weight)), used.indices)
    assert np.array_equal(
        used.find_indices(read_marks(windows.take(fold.test).weight.astype(np.float32))),
        used.indices[used.indices >= 190],
    )
    assert read_marks(np.array([1 + 70 * MARK_STEP, 0.0, 1 + 70.5 * MARK_STEP, 0.3])).tolist() == [70, -1, -1]
    assert used.find_indices(np.array([-1, 10**6])).tolist() == []


def test_selected_windows_keep_their_side_of_the_fold() -> None:
    windows, fold = mark_windows(WINDOWS, [FOLD], 120).select_fold(FOLD)
    order = np.concatenate([fold.train, fold.validation, fold.test])
    assert np.array_equal(order, np.arange(len(windows)))
    assert 110 < len(windows) <= 120 + 36
    assert all(len(side) >= 12 for side in (fold.train, fold.validation, fold.test))
