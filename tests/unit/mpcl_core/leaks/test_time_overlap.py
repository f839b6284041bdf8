"""Find test windows that share time with fitting windows."""

from collections.abc import Sequence

import numpy as np

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.leaks.time_overlap import RecordingTimes

Window = tuple[str, str, float, float]
"""Subject, trial, start and end in seconds."""


def windows(rows: Sequence[Window]) -> WindowSet:
    n = len(rows)
    subject, trial, start, stop = zip(*rows, strict=True)
    modality = Modality("gsr", 1, 1, 1.0)
    return WindowSet(
        (modality,),
        {"gsr": np.zeros((n, 1, 1), np.float32)},
        {"gsr": np.ones(n, dtype=bool)},
        np.full((n, 2), 0.5),
        ("joy", "fear"),
        subject=np.array(subject),
        trial=np.array(trial),
        t_start=np.array(start, dtype=float),
        t_stop=np.array(stop, dtype=float),
    )


def overlaps(test: Sequence[Window], fitting: Sequence[Window]) -> list[bool]:
    """Return whether each test window shares time with a fitting window."""
    times = RecordingTimes(windows([*test, *fitting]))
    found = times.find_overlaps(np.arange(len(test)), np.arange(len(test), len(test) + len(fitting)))
    return found.tolist()


def test_windows_overlap_within_a_trial() -> None:
    test = [("s1", "t1", 1.0, 3.0), ("s1", "t1", 4.0, 6.0)]
    assert overlaps(test, [("s1", "t1", 2.0, 4.0)]) == [True, False]


def test_windows_that_touch_do_not_overlap() -> None:
    assert overlaps([("s1", "t1", 0.0, 2.0)], [("s1", "t1", 2.0, 4.0), ("s1", "t1", 4.0, 6.0)]) == [False]


def test_long_window_overlaps_a_later_one() -> None:
    assert overlaps([("s1", "t1", 8.0, 9.0)], [("s1", "t1", 0.0, 10.0), ("s1", "t1", 1.0, 2.0)]) == [True]


def test_other_subjects_do_not_overlap() -> None:
    assert overlaps([("s1", "t1", 0.0, 2.0)], [("s2", "t1", 0.0, 2.0)]) == [False]


def test_trials_that_all_start_at_zero_are_separate_recordings() -> None:
    assert overlaps([("s1", "t1", 0.0, 10.0)], [("s1", "t2", 0.0, 10.0)]) == [False]


def test_trials_on_one_clock_overlap_at_their_edges() -> None:
    assert overlaps([("s1", "t1", 0.0, 10.0)], [("s1", "t2", 9.0, 19.0)]) == [True]


def test_windows_without_times_or_names_overlap_nothing() -> None:
    assert overlaps([("s1", "t1", np.nan, np.nan)], [("s1", "t1", 0.0, 2.0)]) == [False]
    assert overlaps([("", "", 0.0, 2.0)], [("", "", 0.0, 2.0)]) == [False]
