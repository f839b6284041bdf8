"""A stretch of a file of signals has the samples of its seconds."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from support.signal_reading import declare, read


@pytest.mark.parametrize(
    ("start", "stop", "message"),
    [(12.0, np.inf, "no sample from 12 s on"), (2.0, 13.0, "ends at 10 s, before 13 s")],
)
def test_seconds_that_the_file_does_not_have(start: float, stop: float, message: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", e=np.zeros(1000))
    with pytest.raises(DataError, match=message):
        read(tmp_path / "x.npz", declare("e"), start, stop)
    assert read(tmp_path / "x.npz", declare("e"), 2.0, 10.5).values.shape == (1, 800)


@pytest.mark.parametrize("sfreq", [1 / 3, 0.1, 7.3, 100.0, 1024.0 / 3])
def test_every_sample_is_in_one_of_two_stretches(sfreq: float, tmp_path: Path) -> None:
    values = np.arange(round(60 * sfreq), dtype=float)
    np.savez(tmp_path / "x.npz", e=values)
    for edge in (20.0, 33.1, 35.35353):
        parts = [read(tmp_path / "x.npz", declare("e", sfreq=sfreq), *part) for part in ((0.0, edge), (edge, np.inf))]
        np.testing.assert_array_equal(np.concatenate([part.values[0] for part in parts]), values)
        assert 0 <= parts[1].start + 1e-9 < 1 / sfreq + 2e-9
        assert parts[1].start == pytest.approx(float(parts[1].values[0, 0]) / sfreq - edge, abs=1e-9)
