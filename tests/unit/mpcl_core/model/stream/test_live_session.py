"""Live windows when chunks are late, lost or reordered, and when a stream stops and comes back."""

from collections.abc import Iterator

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.stream.live_prediction import LivePrediction
from mpcl_core.model.stream.live_session import LiveSession
from support.live_models import live_model, recording

Chunk = tuple[str, int, np.ndarray, np.ndarray]


def chunks(seconds: float = 20.0, step: float = 0.25, offset: float = 100.0) -> Iterator[Chunk]:
    """Yield chunks of both signals in the order of time: name, number, values and time stamps."""
    made = recording(seconds, gsr_start=0.0)
    for number in range(round(seconds / step)):
        for name, signal in made.signals.items():
            first, stop = (round(i * step * signal.sfreq) for i in (number, number + 1))
            yield name, number, signal.values[:, first:stop], offset + np.arange(first, stop) / signal.sfreq


def play(session: LiveSession, played: list[Chunk]) -> list[LivePrediction]:
    found = [each for name, _, values, times in played for each in session.add(name, values, times)]
    return found + session.finish()


def rows(found: list[LivePrediction]) -> dict[int, list[float]]:
    return {each.row["window"]: each.distribution for each in found}


@pytest.fixture(scope="module")
def expected() -> dict[int, list[float]]:
    return rows(play(LiveSession(live_model(), ["eeg", "gsr"]), list(chunks())))


def test_windows_come_as_soon_as_they_are_complete(expected: dict[int, list[float]]) -> None:
    assert sorted(expected) == list(range(37))
    session = LiveSession(live_model(), ["eeg", "gsr"])
    for name, number, values, times in chunks():
        found = session.add(name, values, times)
        is_complete = name == "gsr" and number % 2 == 1 and number >= 7
        assert [each.row["window"] for each in found] == ([(number - 7) // 2] if is_complete else [])


def test_reordered_chunks_change_nothing(expected: dict[int, list[float]]) -> None:
    played = list(chunks())
    for i in range(8, 140, 8):
        played[i], played[i + 4] = played[i + 4], played[i]
    assert rows(play(LiveSession(live_model(), ["eeg", "gsr"]), played)) == expected


def test_lost_chunks_make_a_modality_absent_in_their_windows(expected: dict[int, list[float]]) -> None:
    played = [each for each in chunks() if each[:2] not in (("gsr", 30), ("gsr", 31))]
    session = LiveSession(live_model(), ["eeg", "gsr"])
    found = play(session, played)
    touched = {window for window in expected if 0.5 * window < 8.0 and 0.5 * window + 2 > 7.5}
    assert {each.row["window"] for each in found if not each.row["present_gsr"]} == touched
    assert {each.quality["gsr"].verdict for each in found} == {"good", "gaps"}
    assert all(expected[window] == value for window, value in rows(found).items() if window not in touched)
    assert session.status()[1].lost == 2


def test_stream_that_stops_and_comes_back_is_survived(expected: dict[int, list[float]]) -> None:
    played = [each for each in chunks() if each[0] == "gsr" or not 24 <= each[1] < 48]
    session = LiveSession(live_model(), ["eeg", "gsr"])
    found = play(session, played)
    assert sorted(rows(found)) == sorted(expected)
    absent = {each.row["window"] for each in found if not each.row["present_eeg"]}
    assert absent == {window for window in expected if 0.5 * window < 12.0 and 0.5 * window + 2 > 6.0}
    assert {each.row["flags"] for each in found} == {"", "eeg absent"}


def test_windows_in_a_silence_of_all_streams_are_left_out(expected: dict[int, list[float]]) -> None:
    found = play(LiveSession(live_model(), ["eeg", "gsr"]), [each for each in chunks() if not 24 <= each[1] < 48])
    assert sorted(rows(found)) == [w for w in expected if 0.5 * w + 2 <= 6.0 or 0.5 * w >= 12.0]


def test_clock_offset_of_one_stream_shifts_its_samples() -> None:
    """A stream that starts 0.3 s later: windows begin with it, and the other one's samples are those of that time."""
    played = [(n, i, v, t + 0.3 * (n == "gsr")) for n, i, v, t in chunks(4.0)]
    found = play(LiveSession(live_model(), ["eeg", "gsr"]), played)
    assert found[0].row["t_start"] == pytest.approx(100.3)


def test_stream_that_never_begins_is_not_awaited_for_ever() -> None:
    played = [each for each in chunks(6.0) if each[0] == "eeg"]
    found = play(LiveSession(live_model(), ["eeg", "gsr"]), played)
    assert [each.row["window"] for each in found] == list(range(9))
    assert {each.quality["gsr"].verdict for each in found} == {"absent"}


def test_memory_does_not_grow() -> None:
    session = LiveSession(live_model(), ["eeg", "gsr"])
    for number, (name, _, values, times) in enumerate(chunks(60.0)):
        if number > 100 and number % 7 == 0:
            continue
        session.add(name, values, times)
        for track in session.tracks.values():
            assert track.queue._values.shape[1] <= 3 * track.queue.sfreq
            assert track.ring._values.shape[1] <= 14 * track.sfreq


def test_unknown_modality_is_an_error() -> None:
    with pytest.raises(DataError, match="takes eeg, gsr, but not ecg"):
        LiveSession(live_model(), ["eeg", "ecg"])
