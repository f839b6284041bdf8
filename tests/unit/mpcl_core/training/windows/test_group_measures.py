"""Each subject and session is measured once, and what a selection holds of others by itself."""

import numpy as np

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.training.windows.group_measures import GroupMeasures
from support.trainers import learnable

WINDOWS = learnable()
PEOPLE = np.unique(WINDOWS.subject)


def test_complete_people_are_measured_once_and_the_rest_for_each_selection() -> None:
    measured: list[WindowSet] = []

    def count(windows: WindowSet) -> int:
        measured.append(windows)
        return len(windows)

    groups = GroupMeasures(WINDOWS, WINDOWS.take)
    everybody = groups.select("count", count, np.arange(len(WINDOWS)))
    assert sum(everybody) == len(WINDOWS)
    assert len(measured) == len(PEOPLE)
    assert all(np.isnan(windows.D).all() for windows in measured)
    last = np.flatnonzero(WINDOWS.subject == PEOPLE[-1])
    assert groups.select("count", count, last) == everybody[-1:]
    assert groups.select("count", count, last[1:]) == [len(last) - 1]
    assert groups.select("count", count, last[:0]) == [0]
    assert len(measured) == len(PEOPLE) + 2


def test_measures_of_other_keys_are_others() -> None:
    groups = GroupMeasures(WINDOWS, WINDOWS.take)
    assert groups.select("ones", lambda windows: 1, np.arange(len(WINDOWS))) == [1] * len(PEOPLE)
    assert groups.select("twos", lambda windows: 2, np.arange(len(WINDOWS))) == [2] * len(PEOPLE)
