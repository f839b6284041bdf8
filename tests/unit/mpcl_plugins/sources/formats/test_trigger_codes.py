"""Test that codes of status channels become marks."""

from pathlib import Path

import numpy as np

from mpcl_plugins.sources.formats.open_file import open_file
from mpcl_plugins.sources.formats.signal_file import Mark
from mpcl_plugins.sources.formats.trigger_codes import MOST, find_codes
from support.folder_study import edf


def test_held_codes_are_stretches_and_pulses_moments() -> None:
    codes = np.repeat([0, 5, 0, 6, 7, 0], [4, 1, 3, 8, 4, 2])
    marks = [Mark(1.0, 0.0, "5"), Mark(2.0, 2.0, "6"), Mark(4.0, 1.0, "7")]
    assert find_codes(codes, 4.0) == marks


def test_bits_of_the_device_are_no_codes() -> None:
    assert find_codes(np.full(8, 1 << 20) | np.repeat([0, 3], 4), 4.0) == [Mark(1.0, 1.0, "3")]


def test_signal_is_taken_for_no_codes() -> None:
    assert find_codes(np.random.default_rng(0).integers(0, 1000, 2 * MOST), 4.0) == []


def test_status_channel_of_bdf_file_gives_marks(tmp_path: Path) -> None:
    digital = np.repeat([0, 9, 0], [128, 256, 128])
    status = (digital + 2**23) / (2**24 - 1) * 2000 - 1000
    signals = {"Fz": np.zeros(512), "Status": status}
    edf(tmp_path / "x.bdf", signals, {"Fz": 128, "Status": 128}, {"Fz": "uV", "Status": "Boolean"})
    assert open_file(tmp_path / "x.bdf").marks == (Mark(1.0, 2.0, "9"),)
