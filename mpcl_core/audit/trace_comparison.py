"""Where two traces of one job part."""

from collections.abc import Iterator

import numpy as np

from mpcl_core.audit.fingerprints import alike, condensed
from mpcl_core.audit.observed_components import Event
from mpcl_core.audit.traced_job import Trace


def partings(one: Trace, other: Trace) -> Iterator[Event | None]:
    """The first event that differs, and the first component that is built differently; the rest follows from these.

    None where only the predictions differ.
    """
    differing = [event for event, twin in zip(one.events, other.events, strict=False) if not _same(event, twin)]
    built = [event for event in differing if event.method == "built"]
    yield from differing[:1]
    if built and built[0] is not differing[0]:
        yield built[0]
    if not differing and not alike(condensed(one.D_pred), condensed(other.D_pred)):
        yield None


def mixing_transform(whole: Trace, half: Trace) -> Event | None:
    """The first transform that answers otherwise for a test row when every second test row is gone."""
    tested, fewer = _applied(whole), _applied(half)
    for key in [key for key in tested if key in fewer]:
        one, other = tested[key], fewer[key]
        rows, there, here = np.intersect1d(one.rows, other.rows, return_indices=True)
        if len(rows) < len(other.rows) or not alike(one.values[there], other.values[here]):
            return other
    return None


def mixing_model(whole: Trace, half: Trace) -> bool:
    """Whether a prediction is otherwise when every second test row is gone."""
    return not alike(condensed(whole.D_pred[::2]), condensed(half.D_pred))


def _applied(trace: Trace) -> dict[str, Event]:
    """Key of a transform -> its first answer for all test rows."""
    tested = set(trace.tested.tolist())
    found: dict[str, Event] = {}
    for event in trace.events:
        if event.method == "transform" and tested.issuperset(event.rows.tolist()) and len(event.rows):
            found.setdefault(event.key, event)
    return found


def _same(event: Event, twin: Event) -> bool:
    called_alike = (event.key, event.method) == (twin.key, twin.method) and np.array_equal(event.rows, twin.rows)
    return called_alike and alike(event.values, twin.values)
