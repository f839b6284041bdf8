"""The ring holds the newest samples, and NaN where there are none."""

import numpy as np

from mpcl_core.model.stream.sample_ring import SampleRing


def test_ring_returns_what_was_written() -> None:
    ring = SampleRing(2, 16)
    samples = np.random.default_rng(0).standard_normal((2, 500)).astype(np.float32)
    position = 0
    for n in (1, 5, 0, 16, 40, 3, 7, 9, 16, 100):
        ring.write(position, samples[:, position : position + n])
        position += n
        assert ring.end == position
        first = max(position - 16, 0)
        np.testing.assert_array_equal(ring.read(first, position - first), samples[:, first:position])
    assert ring._values.shape == (2, 32)


def test_missing_samples_are_nan() -> None:
    ring = SampleRing(1, 8)
    ring.write(0, np.ones((1, 4), np.float32))
    ring.write(6, np.ones((1, 2), np.float32))
    np.testing.assert_array_equal(np.isnan(ring.read(-1, 10))[0], [1, 0, 0, 0, 0, 1, 1, 0, 0, 1])
    ring.write(1000, np.ones((1, 1), np.float32))
    assert np.isnan(ring.read(990, 12)).sum() == 11
