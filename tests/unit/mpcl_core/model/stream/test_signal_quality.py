"""The quality of a signal in a window, as a word."""

import numpy as np
import pytest

from mpcl_core.model.stream.signal_quality import signal_quality

LINE = np.arange(8, dtype=np.float32)
GAP = np.where(LINE < 2, np.nan, LINE)


@pytest.mark.parametrize(
    ("channels", "verdict", "received", "flat"),
    [
        ([LINE, -LINE], "good", 1.0, 0.0),
        ([LINE, LINE * 0 + 3], "flat", 1.0, 0.5),
        ([LINE, GAP], "gaps", 0.75, 0.0),
        ([LINE * np.nan, LINE * np.nan], "absent", 0.0, 0.0),
    ],
)
def test_quality(channels: list[np.ndarray], verdict: str, received: float, flat: float) -> None:
    found = signal_quality(np.array(channels, np.float32))
    assert (found.verdict, found.received, found.flat) == (verdict, received, flat)
