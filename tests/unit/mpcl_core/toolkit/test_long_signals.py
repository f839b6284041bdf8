"""Hold long signals in temporary files, and change them channel by channel."""

import os
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.toolkit import long_signals
from mpcl_core.toolkit.long_signals import allocate_samples, change_channels, release_samples


def test_samples_in_a_file_keep_their_values_when_their_memory_is_released(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_signals, "LONG", 1000)
    values = allocate_samples(2, 500)
    expected = np.random.default_rng(0).normal(size=(2, 500)).astype(np.float32)
    values[:] = expected
    release_samples(values[1, 3:])
    np.testing.assert_array_equal(values, expected)


def test_a_full_disk_leaves_the_samples_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(long_signals, "LONG", 1000)
    monkeypatch.setattr(os, "posix_fallocate", fail, raising=False)
    allocate_samples(2, 500)[:] = 1.0


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="counts the mapped files of a process as Linux does")
def test_the_file_ends_with_the_array(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_signals, "LONG", 1000)
    values = allocate_samples(2, 500)
    mapped = values.ctypes.data
    assert f"{mapped:x}-" in Path("/proc/self/maps").read_text()
    del values
    assert f"{mapped:x}-" not in Path("/proc/self/maps").read_text()


def test_channels_one_after_the_other_are_those_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).normal(size=(3, 50)).astype(np.float32)
    at_once = change_channels(values, lambda x: np.cumsum(x, axis=1), 50)
    monkeypatch.setattr(long_signals, "AT_ONCE", 10)
    np.testing.assert_array_equal(change_channels(values, lambda x: np.cumsum(x, axis=1), 50), at_once)
