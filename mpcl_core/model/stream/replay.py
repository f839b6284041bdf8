"""Play a recording as if it were live, in real time or faster."""

import time
from collections.abc import Iterator
from math import inf

import numpy as np

from mpcl_core.interfaces.components import WindowSchedule
from mpcl_core.interfaces.data import Recording
from mpcl_core.model.model import Model
from mpcl_core.model.stream.live_plan import plan_live
from mpcl_core.model.stream.live_prediction import LivePrediction
from mpcl_core.model.stream.live_session import LiveSession, Span

CHUNK = 0.1
"""Seconds of a recording that are played at a time."""


class Replay:
    """Play one recording to a model.

    Args:
        model: the model.
        recording: its signals, with the channels and units that the model takes.
        speed: seconds of the recording that are played in a second; infinite to play without waiting.

    Attributes:
        session: what receives the chunks.

    Raises:
        UsageError: the model cannot predict live signals.
    """

    def __init__(self, model: Model, recording: Recording, speed: float = 1.0) -> None:
        self.recording, self.speed = recording, speed
        names = recording.subject, recording.trial
        span = recording_span(recording, plan_live(model).schedule)
        clock = None if speed == inf else self.now
        self.session = LiveSession(model, recording.signals.keys(), span=span, names=names, clock=clock)
        self._started = time.monotonic()
        self._begin = min(signal.start for signal in recording.signals.values())

    def now(self) -> float:
        """Read the clock of the recording.

        Returns:
            The time now in seconds of the recording.
        """
        return self._begin + (time.monotonic() - self._started) * self.speed

    def run(self) -> Iterator[LivePrediction]:
        """Play the recording from its start to its end.

        Yields:
            The predictions.
        """
        self._started = time.monotonic()
        signals = self.recording.signals
        sent = dict.fromkeys(signals, 0)
        until, end = self._begin, max(each.start + each.values.shape[1] / each.sfreq for each in signals.values())
        while until < end:
            until += CHUNK
            if self.speed != inf:
                time.sleep(max((until - self.now()) / self.speed, 0))
            for name, signal in signals.items():
                first = sent[name]
                stop = min(max(int((until - signal.start) * signal.sfreq), first), signal.values.shape[1])
                if stop > first:
                    times = signal.start + np.arange(first, stop) / signal.sfreq
                    sent[name] = stop
                    yield from self.session.add(name, signal.values[:, first:stop], times)
        for name, signal in signals.items():
            if (first := sent[name]) < signal.values.shape[1]:
                times = signal.start + np.arange(first, signal.values.shape[1]) / signal.sfreq
                yield from self.session.add(name, signal.values[:, first:], times)
        yield from self.session.finish()


def recording_span(recording: Recording, schedule: WindowSchedule) -> Span:
    """Return when the windows of a recording begin and end.

    Args:
        recording: the recording.
        schedule: of the windows.

    Returns:
        From the latest start of a signal to the earliest end, or, where windows may be partial, the other way round.
    """
    begins = [signal.start for signal in recording.signals.values()]
    ends = [signal.start + signal.values.shape[1] / signal.sfreq for signal in recording.signals.values()]
    return Span(min(begins), max(ends)) if schedule.is_partial else Span(max(begins), min(ends))
