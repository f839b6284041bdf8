"""Real LSL streams on this machine: channels, units, a stream that stops and comes back, and the outlet."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.model.stream import lsl as reading
from mpcl_core.model.stream.live_prediction import LivePrediction
from mpcl_core.model.stream.live_session import LiveSession
from mpcl_core.model.stream.lsl import LslOutlet, LslReader
from support.live_models import INPUTS, LABELS, live_model, recording

pytest.importorskip("mne_lsl")
pytestmark = pytest.mark.slow


def outlet(name: str, channels: list[str], sfreq: float, unit: str, source: str = "a") -> Any:
    from mne_lsl.lsl import StreamInfo, StreamOutlet

    info = StreamInfo(name, "EEG", len(channels), sfreq, "float32", f"{name}-{source}")
    info.set_channel_names(channels)
    info.set_channel_units([unit] * len(channels))
    return StreamOutlet(info, chunk_size=16)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(reading, "SILENCE", 0.1)
    monkeypatch.setattr(reading, "PATIENCE", 0.5)
    yield


def push(sender: Any, values: np.ndarray, begin: float, sfreq: float) -> None:
    sender.push_chunk(np.ascontiguousarray(values.T, np.float32), begin + (values.shape[1] - 1) / sfreq)


def test_streams_are_matched_read_and_found_again() -> None:
    made, begin, messages = recording(12.0, gsr_start=0.0), 1000.0, list[str]()
    eeg, gsr = (made.signals[name].values for name in ("eeg", "gsr"))
    in_millivolts = np.stack([eeg[1], eeg[1] * 0, eeg[0]]) / 1000
    head, skin = outlet("head", ["Fz", "Trigger", "Cz"], 64.0, "millivolts"), outlet("skin", ["GSR"], 4.0, "uS")
    reader = LslReader(["head", "gsr=skin"], INPUTS, messages.append)
    uid = reader.streams[0].uid
    session, found = LiveSession(live_model(), reader.modalities), list[LivePrediction]()

    def read(until: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 30.0
        while not until() and time.monotonic() < deadline:
            for stream in reader.streams:
                for name, values, times in reader._read(stream):
                    found.extend(session.add(name, values, times))
            time.sleep(0.002)
        assert until()

    push(head, in_millivolts[:, :256], begin, 64.0)
    read(lambda: session.status()[0].received == 256)
    push(skin, gsr[:, :32], begin, 4.0)
    read(lambda: len(found) == 13)
    del head
    head = outlet("head", ["Fz", "Trigger", "Cz"], 64.0, "millivolts", "b")
    read(lambda: reader.streams[0].uid != uid)
    push(head, in_millivolts[:, 512:], begin + 8.0, 64.0)
    read(lambda: session.status()[0].received == 512)
    push(skin, gsr[:, 32:], begin + 8.0, 4.0)
    read(lambda: found[-1].row["window"] == 20)
    reader.close()
    assert "clock offset" in messages[0]
    assert any("no samples for" in line for line in messages)
    assert any("samples again after" in line for line in messages)
    expected = LiveSession(live_model(), ["eeg", "gsr"])
    direct = expected.add("eeg", eeg[:, :256], begin + np.arange(256) / 64)
    direct += expected.add("gsr", gsr[:, :32], begin + np.arange(32) / 4)
    np.testing.assert_allclose(
        [each.distribution for each in found[:13]], [each.distribution for each in direct], atol=1e-5
    )
    assert [each.row["present_eeg"] for each in found[:13]] == [True] * 5 + [False] * 8
    assert [each.row["present_eeg"] for each in found if each.row["window"] >= 16] == [True] * 5


def test_stream_that_does_not_fit_is_an_error() -> None:
    _kept = outlet("slow", ["Cz", "Fz"], 32.0, "uV"), outlet("other", ["A1"], 64.0, "uV")
    ignore: Any = lambda _: None  # noqa: E731
    with pytest.raises(DataError, match="LSL stream 'slow': eeg: 32 Hz, but the model takes 64 Hz"):
        LslReader(["slow"], INPUTS, ignore)
    with pytest.raises(UsageError, match="'other' has the channels A1; state what it carries"):
        LslReader(["other"], INPUTS, ignore)
    with pytest.raises(UsageError, match=r"no LSL stream named 'nothing' was found within 0\.5 s"):
        LslReader(["nothing"], INPUTS, ignore)
    with pytest.raises(UsageError, match="takes eeg, gsr, but not ecg"):
        LslReader(["ecg=slow"], INPUTS, ignore)


def test_predictions_are_sent_as_a_stream() -> None:
    from mne_lsl.lsl import StreamInlet, resolve_streams

    sender = LslOutlet("emotions", LABELS, has_error_bars=False)
    (info,) = resolve_streams(timeout=2.0, name="emotions")
    inlet = StreamInlet(info)
    inlet.open_stream(timeout=5)
    assert inlet.get_sinfo().get_channel_names() == list(LABELS)
    sender.send(LivePrediction({"calm": 0.5, "joy": 0.25, "fear": 0.25}, LABELS, {}), 12.5)
    values, time_stamp = inlet.pull_sample(timeout=5)
    np.testing.assert_allclose(values, [0.5, 0.25, 0.25])
    assert time_stamp == 12.5
