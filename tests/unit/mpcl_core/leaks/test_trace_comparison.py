"""Compare the traces of one job under two conditions."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mpcl_core.leaks.fingerprints import fingerprint
from mpcl_core.leaks.recorded_components import Event
from mpcl_core.leaks.trace_comparison import find_mixing_transform, first_differences, predictions_mix_windows
from mpcl_core.leaks.traced_job import JobTrace

VALUES = np.random.default_rng(0).normal(size=(4, 3))


def event(key: str, method: str, values: np.ndarray = VALUES, marks: Sequence[int] = (0, 1, 2, 3)) -> Event:
    return Event(key, "transform", key, method, np.array(marks, dtype=np.int64), fingerprint(values))


def trace(*events: Event, D_pred: np.ndarray = VALUES) -> JobTrace:
    return JobTrace(events, np.arange(4), D_pred, "")


def test_equal_traces_do_not_differ() -> None:
    one = trace(event("encoder", "built"), event("head", "forward"))
    assert list(first_differences(one, one)) == []


def test_first_differing_event_and_first_differing_construction_are_found() -> None:
    one = trace(event("scale", "transform"), event("encoder", "built"), event("head", "built"))
    other = trace(
        event("scale", "transform", VALUES + 1), event("encoder", "built", VALUES + 1), event("head", "built", -VALUES)
    )
    assert [each and each.key for each in first_differences(one, other)] == ["scale", "encoder"]
    assert [each and each.key for each in first_differences(trace(*one.events[1:]), trace(*other.events[1:]))] == [
        "encoder"
    ]


def test_call_with_other_windows_differs() -> None:
    one, other = event("scale", "fit"), event("scale", "fit", marks=(0, 1, 2, 4))
    assert list(first_differences(trace(one), trace(other))) == [one]


def test_predictions_alone_may_differ() -> None:
    one = trace(event("head", "forward"))
    assert list(first_differences(one, replace(one, D_pred=VALUES + 0.1))) == [None]


def test_transform_that_mixes_test_windows_is_found() -> None:
    full = trace(event("scale", "transform"), event("mix", "transform"))
    alone = event("scale", "transform", VALUES[::2], (0, 2))
    mixed = event("mix", "transform", VALUES[::2] + 0.5, (0, 2))
    found = find_mixing_transform(full, replace(trace(alone, mixed), tested=np.array([0, 2])))
    assert found is mixed
    assert find_mixing_transform(full, replace(trace(alone), tested=np.array([0, 2]))) is None


def test_transforms_of_fitting_windows_are_not_compared() -> None:
    full = trace(event("scale", "transform", marks=(6, 7, 8, 9)))
    assert find_mixing_transform(full, trace(event("scale", "transform", -VALUES, (6, 7, 8, 9)))) is None


def test_predictions_mix_windows_where_the_remaining_ones_change() -> None:
    full = trace()
    assert not predictions_mix_windows(full, trace(D_pred=VALUES[::2]))
    assert predictions_mix_windows(full, trace(D_pred=VALUES[::2] + 0.01))
