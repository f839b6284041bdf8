"""The table of an explanation states how much of a distribution moves."""

import numpy as np

from mpcl_core import testing
from mpcl_core.model.explanation import Explanation, moved_share
from mpcl_core.model.training_trials import NearTrial


def test_row_states_changes_prototypes_and_near_trials() -> None:
    windows, D_pred = testing.study(1, 1, 2), np.array([[0.5, 0.3, 0.2, 0, 0], [0.1, 0.9, 0, 0, 0]])
    change = np.array([[0.2, -0.2, 0, 0, 0], [0, 0, 0, 0, 0]])
    weights = np.array([[[0.1], [0.2], [0.3], [0.2], [0.2]]] * 2)
    near = [[NearTrial("S01", "", "t1", 0.9)], [NearTrial("S02", "day", "t2", 0.8)]]
    explained = Explanation(windows, windows.labels, D_pred, {"gsr": change}, change[:, None], {"all": weights}, near)
    table = explained.columns()
    assert len(explained) == 2
    assert table["emotion"] == ["e0", "e1"]
    assert table["change_gsr"] == table["change_part_1"] == [0.2, 0.0]
    assert table["prototype_all"] == ["e2", "e2"]
    assert table["nearest_1"] == ["S01/t1", "S02/day/t2"]


def test_share_that_moves_is_half_the_sum_of_changes() -> None:
    assert moved_share(np.array([[0.5, -0.25, -0.25]])).tolist() == [0.5]
