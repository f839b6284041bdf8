"""Chunks that come late, twice, in another order or not at all, stamps that jitter, rates and clocks that are off."""

import numpy as np
import pytest

from mpcl_core.model.stream.sample_queue import LONGEST_GAP, SampleQueue

SFREQ = 100.0
INF = float("inf")


def chunk(first: int, n: int = 10, offset: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    positions = np.arange(first, first + n)
    return positions[None].astype(np.float32), 5.0 + offset + positions / SFREQ


def feed(queue: SampleQueue, *chunks: tuple[np.ndarray, np.ndarray]) -> None:
    for values, times in chunks:
        queue.add(values, times, queue.newest)


def released(queue: SampleQueue, before: float = -INF) -> list[float]:
    return [value for _, values in queue.release(before) for value in values[0].tolist()]


def test_chunks_in_order_are_released_at_once() -> None:
    queue = SampleQueue(1, SFREQ)
    feed(queue, chunk(0), chunk(10))
    assert (queue.start, queue.newest) == (5.0, pytest.approx(5.2))
    assert released(queue) == list(range(20))
    assert released(queue) == []
    assert (queue.received, queue.lost, queue.late, queue.slips) == (20, 0, 0, 0)


def test_reordered_chunk_fills_its_gap() -> None:
    queue = SampleQueue(1, SFREQ)
    feed(queue, chunk(0), chunk(20))
    assert released(queue) == list(range(10))
    feed(queue, chunk(10))
    assert released(queue) == list(range(10, 30))
    assert (queue.received, queue.lost) == (30, 0)


def test_lost_chunk_is_given_up_and_then_late() -> None:
    queue = SampleQueue(1, SFREQ)
    feed(queue, chunk(0), chunk(20))
    assert released(queue, before=5.15) == [*range(10), *[pytest.approx(np.nan, nan_ok=True)] * 5]
    feed(queue, chunk(10))
    np.testing.assert_equal(released(queue, INF), list(range(15, 30)))
    assert (queue.received, queue.lost, queue.late) == (25, 5, 5)


def test_chunk_that_comes_twice_changes_nothing() -> None:
    queue = SampleQueue(1, SFREQ)
    feed(queue, chunk(0), chunk(10), chunk(0), (chunk(10)[0] * -1, chunk(10)[1]))
    assert released(queue) == list(range(20))
    assert queue.late == 20


def test_jitter_of_stamps_moves_no_sample() -> None:
    queue = SampleQueue(1, SFREQ)
    rng = np.random.default_rng(0)
    feed(queue, *((chunk(10 * i)[0], chunk(10 * i)[1] + (i > 0) * rng.normal(0, 0.003)) for i in range(200)))
    assert released(queue) == list(range(2000))


def test_rate_that_is_off_inserts_or_leaves_out_samples() -> None:
    for rate, slips in ((SFREQ * 0.999, 20), (SFREQ * 1.001, -20)):
        queue = SampleQueue(1, SFREQ)
        feed(queue, *((np.ones((1, 50), np.float32), 3.0 + np.arange(50 * i, 50 * i + 50) / rate) for i in range(400)))
        assert queue.slips == pytest.approx(slips, abs=2)
        assert queue.newest == pytest.approx(3.0 + 20_000 / rate, abs=0.02)


def test_gap_inside_a_chunk_is_found() -> None:
    queue = SampleQueue(1, SFREQ)
    values, times = chunk(0, 20)
    kept = np.r_[0:8, 14:20]
    feed(queue, (values[:, kept], times[kept]))
    np.testing.assert_equal(released(queue, INF), [*range(8), *[np.nan] * 6, *range(14, 20)])


def test_long_gap_starts_a_new_segment() -> None:
    queue = SampleQueue(1, SFREQ)
    far = round(2 * LONGEST_GAP * SFREQ)
    feed(queue, chunk(0), chunk(far))
    first, second = queue.release(-INF)
    assert (first[0], first[1].shape, second[0], second[1].shape) == (0, (1, 10), far, (1, 10))


def test_clock_that_is_set_back_continues_now() -> None:
    queue = SampleQueue(1, SFREQ)
    feed(queue, *(chunk(10 * i) for i in range(10)))
    released(queue)
    for i in range(80):
        values, times = chunk(10 * i, offset=-1000.0)
        queue.add(values, times, 9.0 + i / 10)
    assert queue.resets == 1
    assert queue.late == pytest.approx(500, abs=20)
    assert queue.newest == pytest.approx(17, abs=0.5)


def test_stamps_that_are_no_numbers_are_left_out() -> None:
    queue = SampleQueue(1, SFREQ)
    values, times = chunk(0)
    times[3:] = np.nan
    feed(queue, (values, times), (values[:, :0], times[:0]))
    assert released(queue) == [0, 1, 2]
