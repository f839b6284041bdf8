"""Predict live signals with a stored model: recordings that are replayed, or streams of the lab streaming layer."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mpcl_core.app.prediction.model_input import ModelInput, open_input
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.matched_source import MatchedSource
from mpcl_core.model.model import Model
from mpcl_core.model.stream.live_plan import plan_live
from mpcl_core.model.stream.live_prediction import LivePrediction
from mpcl_core.model.stream.live_session import WAIT, LiveSession
from mpcl_core.model.stream.lsl import LslReader, OnMessage
from mpcl_core.model.stream.replay import Replay, recording_span
from mpcl_registry.discover import discover

OnSession = Callable[[LiveSession], None]
"""Called with each session once it begins."""


def replay(
    model: Model, stated: ModelInput, speed: float = 1.0, on_session: OnSession = lambda _: None
) -> Iterator[LivePrediction]:
    """Play recordings one after the other to a model, as if they were live.

    Args:
        model: the model.
        stated: the recordings.
        speed: seconds of a recording that are played in a second; infinite to play without waiting.
        on_session: called once a recording begins.

    Yields:
        The predictions.

    Raises:
        RecipeError: the recipe has faults.
        DataError: the input cannot be read, is not what the model takes, or provides windows instead of recordings.
        UsageError: there is no such input, or the model cannot predict live signals.
    """
    with open_input(stated, model.description) as source:
        resample: Any = discover(entries=()).catalog.find("transform", "resample")
        recordings = MatchedSource(source, model.description, stated.subjects, resample).load()
        if isinstance(recordings, WindowSet):
            raise DataError("the input provides windows; only recordings can be played")
        schedule = plan_live(model).schedule
        for recording in recordings:
            span = recording_span(recording, schedule)
            if (seconds := max(span.end - span.begin, 0.0)) < schedule.length:
                reason = f"its signals share {seconds:.3g} s, and a window has {schedule.length:g} s"
                stated.on_message(f"{recording.subject}/{recording.trial} has no window: {reason}.")
            played = Replay(model, recording, speed)
            on_session(played.session)
            yield from played.run()


def read_lsl(
    model: Model,
    names: Sequence[str],
    wait: float = WAIT,
    seconds: float | None = None,
    on_session: OnSession = lambda _: None,
    on_message: OnMessage = lambda _: None,
) -> Iterator[LivePrediction]:
    """Predict the signals of LSL streams.

    Args:
        model: the model.
        names: ``NAME`` or ``MODALITY=NAME`` of each stream.
        wait: seconds for which late chunks are awaited.
        seconds: how long to read; None for ever.
        on_session: called once the streams were found.
        on_message: called with a line for what happens to a stream.

    Yields:
        The predictions.

    Raises:
        UsageError: mne-lsl is not installed, there is no such stream, or the model cannot predict live signals.
        DataError: a stream has another rate or unit than the model takes, or lacks a channel.
    """
    plan_live(model)
    reader = LslReader(names, model.description.inputs, on_message)
    session = LiveSession(model, reader.modalities, wait, clock=reader.clock)
    on_session(session)
    yield from reader.run(session, seconds)
