"""Test the cells of the table of clocks."""

from mpcl_core.interfaces.data import SignalClock
from mpcl_core.toolkit.clock_cells import CLOCK_COLUMNS, format_clock


def test_row_has_a_cell_for_each_column() -> None:
    cells = format_clock(SignalClock("e.csv", "eeg", drift=-0.2, gaps=2, lost=10.5))
    assert dict(zip(CLOCK_COLUMNS, cells, strict=True)) == {
        "file": "e.csv",
        "modality": "eeg",
        "offset (s)": "0",
        "drift (ppm)": "0",
        "resampled": "no",
        "gaps": "2",
        "lost (s)": "10.5",
    }
