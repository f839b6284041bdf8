"""Measure memory."""

import math
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.jobs.memory import free_mib, used_mib

HAS_PROC = Path("/proc/self/statm").exists()


@pytest.mark.skipif(not HAS_PROC, reason="the system does not report it")
def test_used_memory_grows_with_an_array() -> None:
    before = used_mib("cpu")
    array = np.ones(2**24)
    assert used_mib("cpu") - before > 0.8 * array.nbytes / 2**20


@pytest.mark.skipif(not HAS_PROC, reason="the system does not report it")
def test_free_memory_is_finite() -> None:
    assert 0 < free_mib("cpu") < math.inf


def test_system_that_reports_nothing_has_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "exists", lambda path: False)
    assert (used_mib("cpu"), free_mib("cpu")) == (0.0, math.inf)
