"""Recordings are played one after the other; windows cannot be played."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import inf
from typing import Any

import pytest

from mpcl_core.app.prediction import streaming
from mpcl_core.app.prediction.model_input import ModelInput
from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.model.stream.live_session import LiveSession
from mpcl_plugins.transforms.window import Window
from mpcl_plugins.transforms.zscore import ZScore
from support.live_models import Listed, live_model, recording


def given(monkeypatch: pytest.MonkeyPatch, source: Source) -> None:
    @contextmanager
    def opened(*_: object, **__: object) -> Iterator[Source]:
        yield source

    monkeypatch.setattr(streaming, "open_input", opened)


def test_each_recording_has_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, Listed([replace(recording(4.0), trial=name) for name in "ab"]))
    sessions: list[LiveSession] = []
    found = list(streaming.replay(live_model(), ModelInput("x"), inf, on_session=sessions.append))
    assert [each.row["trial"] for each in found] == ["a"] * 4 + ["b"] * 4
    assert len(sessions) == 2


def test_recording_that_is_too_short_is_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, Listed([recording(0.5)]))
    said: list[str] = []
    assert list(streaming.replay(live_model(), ModelInput("x", on_message=said.append), inf)) == []
    assert said == ["s1/t1 has no window: its signals share 0.4 s, and a window has 2 s."]


def test_windows_cannot_be_played(monkeypatch: pytest.MonkeyPatch) -> None:
    class Windows(Listed):
        def load(self) -> Any:
            return windows

    model = live_model([Window(length=1.0)])
    windows = Window(length=1.0).transform(recording(2.0), model.modalities, model.labels, None)
    given(monkeypatch, Windows([], model.modalities))
    with pytest.raises(DataError, match="provides windows; only recordings can be played"):
        next(streaming.replay(replace_inputs(model), ModelInput("x")))


def replace_inputs(model: Any) -> Any:
    return replace(model, description=model.description.model_copy(update={"inputs": model.modalities}))


def test_lsl_is_not_opened_for_a_model_that_cannot_be_streamed() -> None:
    with pytest.raises(UsageError, match="'zscore'"):
        next(streaming.read_lsl(live_model(transforms=[ZScore(scope="subject")]), ["nothing"]))
