"""Find where the traces of two runs of one job differ."""

from collections.abc import Iterator

import numpy as np

from mpcl_core.leaks.fingerprints import are_equal, fingerprint
from mpcl_core.leaks.recorded_components import Event
from mpcl_core.leaks.traced_job import JobTrace


def first_differences(one: JobTrace, other: JobTrace) -> Iterator[Event | None]:
    """Find the first event that differs, and the first component that is built differently.

    All later differences follow from these.

    Args:
        one, other: traces of the same job under two conditions.

    Yields:
        At most two events of ``one``; None where only the predictions differ.
    """
    differing = [event for event, twin in zip(one.events, other.events, strict=False) if not _are_same(event, twin)]
    built = [event for event in differing if event.method == "built"]
    yield from differing[:1]
    if built and built[0] is not differing[0]:
        yield built[0]
    if not differing and not are_equal(fingerprint(one.D_pred), fingerprint(other.D_pred)):
        yield None


def find_mixing_transform(full: JobTrace, half: JobTrace) -> Event | None:
    """Find the first transform whose output for a test window changes when other test windows are removed.

    Args:
        full: the trace of a job.
        half: the trace of the same job with every second test window.

    Returns:
        The event of the transform, or None.
    """
    all_tested, half_tested = _first_test_outputs(full), _first_test_outputs(half)
    for key in [key for key in all_tested if key in half_tested]:
        one, other = all_tested[key], half_tested[key]
        shared, in_one, in_other = np.intersect1d(one.marks, other.marks, return_indices=True)
        if len(shared) < len(other.marks) or not are_equal(one.values[in_one], other.values[in_other]):
            return other
    return None


def predictions_mix_windows(full: JobTrace, half: JobTrace) -> bool:
    """Return whether a prediction changes when every second test window is removed.

    Args:
        full: the trace of a job.
        half: the trace of the same job with every second test window.

    Returns:
        Whether one of the remaining predictions differs.
    """
    return not are_equal(fingerprint(full.D_pred[::2]), fingerprint(half.D_pred))


def _first_test_outputs(trace: JobTrace) -> dict[str, Event]:
    """Find the first call of each transform that received test windows only.

    Args:
        trace: the trace of a job.

    Returns:
        Key of a transform -> its event.
    """
    tested = set(trace.tested.tolist())
    first: dict[str, Event] = {}
    for event in trace.events:
        if event.method == "transform" and tested.issuperset(event.marks.tolist()) and len(event.marks):
            first.setdefault(event.key, event)
    return first


def _are_same(event: Event, twin: Event) -> bool:
    same_call = (event.key, event.method) == (twin.key, twin.method) and np.array_equal(event.marks, twin.marks)
    return same_call and are_equal(event.values, twin.values)
