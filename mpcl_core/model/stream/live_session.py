"""Predict live signals: collect chunks of each modality, and predict each window as soon as it is complete."""

from collections.abc import Callable, Collection
from math import floor
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64

from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.model import Model
from mpcl_core.model.stream.live_plan import plan_live
from mpcl_core.model.stream.live_prediction import LivePrediction
from mpcl_core.model.stream.live_windows import Slice, make_windows
from mpcl_core.model.stream.signal_quality import signal_quality
from mpcl_core.model.stream.track import Track

WAIT = 1.0
"""Seconds of the signals' time for which a late chunk is awaited."""

_SLACK = 1e-6  # of a hop, as in the transform `window`
_MARGIN = 2.0  # seconds of samples that are kept beyond a window, a hop and the wait


class Span(NamedTuple):
    """Hold when the windows of a recording begin and end, in seconds.

    Args:
        begin: the start of the first window.
        end: the time that no window exceeds.
    """

    begin: float
    end: float


class TrackStatus(NamedTuple):
    """Hold what has been received of one modality.

    Args:
        name: the modality.
        received: samples in time.
        lost: samples that never came, or too late.
        late: samples that came too late, or twice.
        drift: by how much the interval between two samples is longer than stated, in parts per million, as far as
            samples were inserted (above 0) or left out for it.
        resets: how often its clock was set anew.
        behind: seconds from its newest sample to the newest of any modality; None before its first.
    """

    name: str
    received: int
    lost: int
    late: int
    drift: float
    resets: int
    behind: float | None

    def describe(self) -> str:
        """Return the status as a line.

        Returns:
            Text such as ``eeg: 7680 samples, 12 lost, 0 late``.
        """
        parts = [f"{self.received} samples", f"{self.lost} lost", f"{self.late} late"]
        if self.drift:
            parts.append(f"rate off by {self.drift:+.0f} ppm")
        if self.resets:
            parts.append(f"clock set anew {self.resets} times")
        return f"{self.name}: {', '.join(parts)}"


class LiveSession:
    """Predict the windows of live signals with a model.

    Time is that of the time stamps, on a clock that all modalities share; the session reads no clock of its own.

    Args:
        model: the model.
        modalities: the modalities that are expected; the first window waits for all of them.
        wait: seconds for which late chunks are awaited.
        span: when windows begin and end, where it is known; by default they begin once all modalities have begun.
        names: the subject and the trial of the windows.
        clock: returns the time now on the clock of the signals, for the delay of predictions; None where there is none.

    Raises:
        UsageError: the model cannot predict live signals.
        DataError: the model takes no such modality.
    """

    def __init__(
        self,
        model: Model,
        modalities: Collection[str],
        wait: float = WAIT,
        span: Span | None = None,
        names: tuple[str, str] = ("live", ""),
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.model, self.wait, self.span, self.names, self.clock = model, wait, span, names, clock
        self.plan = plan = plan_live(model)
        known = {modality.name for modality in model.description.inputs}
        if unknown := sorted(set(modalities) - known):
            raise DataError(f"the model takes {', '.join(sorted(known))}, but not {', '.join(unknown)}")
        seconds = plan.schedule.length + plan.schedule.hop + wait + _MARGIN
        filtered = {modality.name: modality for modality in plan.filtered}
        self.tracks = {
            modality.name: Track(modality, filtered[modality.name], plan.filters, seconds)
            for modality in model.description.inputs
            if modality.name in modalities
        }
        cut = plan.windowing.outputs(plan.filtered)
        self._n_times = {modality.name: modality.n_times or 0 for modality in cut}
        self._begin = None if span is None else span.begin
        self._number = 0

    @property
    def newest(self) -> float:
        """Return the time of the newest sample of any modality, in seconds; −inf before the first."""
        return max((track.newest for track in self.tracks.values()), default=-np.inf)

    def add(
        self, name: str, values: Float32[np.ndarray, "c n"], times: Float64[np.ndarray, "n"]
    ) -> list[LivePrediction]:
        """Take a chunk in, and predict the windows that it completes.

        Args:
            name: the modality.
            values: (c, n) samples, the channels and the unit as the model takes them.
            times: (n,) their time stamps in seconds.

        Returns:
            The predictions, in order; those of windows without any complete modality are left out.
        """
        self.tracks[name].add(values, times, self.newest)
        self._advance(self.newest - self.wait)
        return self._predict_ready(is_last=False)

    def finish(self) -> list[LivePrediction]:
        """Predict the windows that are complete when no more chunks come.

        Returns:
            The predictions, in order.
        """
        self._advance(np.inf)
        return self._predict_ready(is_last=True)

    def status(self) -> list[TrackStatus]:
        """Return what has been received of each modality.

        Returns:
            One entry a modality.
        """
        found = []
        for track in self.tracks.values():
            queue = track.queue
            behind = None if queue.start is None else self.newest - track.newest
            drift = 1e6 * queue.slips / max(queue.received, 1)
            found.append(TrackStatus(track.name, queue.received, queue.lost, queue.late, drift, queue.resets, behind))
        return found

    def _advance(self, before: float) -> None:
        for track in self.tracks.values():
            track.advance(before)

    def _predict_ready(self, is_last: bool) -> list[LivePrediction]:
        predictions: list[LivePrediction] = []
        if self._begin is None:
            self._begin = self._find_begin(is_last)
        if self._begin is None:
            return predictions
        ready: list[tuple[int, float, Slice]] = []
        while (found := self._next_window(is_last)) is not None:
            number, start, slices = found
            if any(not np.isnan(values).any() for values in slices.values()):
                ready.append((number, start, slices))
            if len(ready) == self.plan.at_once:
                predictions += self._predict(ready)
                ready = []
        return predictions + (self._predict(ready) if ready else [])

    def _find_begin(self, is_last: bool) -> float | None:
        """Return when the first window begins, or None where that cannot be known yet.

        Returns:
            Seconds.
        """
        starts = [track.start for track in self.tracks.values() if track.start is not None]
        if not starts:
            return None
        if len(starts) < len(self.tracks) and not is_last and self.newest - min(starts) < self.wait:
            return None
        return min(starts) if self.plan.schedule.is_partial else max(starts)

    def _next_window(self, is_last: bool) -> tuple[int, float, Slice] | None:
        """Return the next window, if it is complete or what it lacks need not be awaited.

        Returns:
            Its number, when it begins, and its samples.
        """
        assert self._begin is not None
        schedule, number = self.plan.schedule, self._number
        start = self._begin + schedule.hop * number
        end = self.newest if self.span is None else self.span.end
        if (self.span is not None or is_last) and number > floor(
            (end - self._begin - schedule.length) / schedule.hop + _SLACK
        ):
            return None
        slices: dict[str, Float32[np.ndarray, "c t"]] = {}
        for name, track in self.tracks.items():
            values = track.cut(start, self._n_times[name], is_last)
            if values is None:
                if not is_last and self.newest - track.newest <= self.wait:
                    return None
                values = track.partial(start, self._n_times[name])
            slices[name] = values
        self._number += 1
        return number, start, slices

    def _predict(self, ready: list[tuple[int, float, Slice]]) -> list[LivePrediction]:
        numbers, starts, slices = zip(*ready, strict=True)
        windows = make_windows(
            slices, numbers, np.array(starts, np.float64), self.plan, self.model.description, self.names
        )
        columns = self.model.predict(windows).columns()
        now = None if self.clock is None else self.clock()
        predictions = []
        for row, each in enumerate(slices):
            values = {name: column[row] for name, column in columns.items()}
            delay = None if now is None else now - float(values["t_stop"])
            quality = {name: signal_quality(samples) for name, samples in each.items()}
            predictions.append(LivePrediction(values, self.model.labels, quality, delay))
        return predictions
