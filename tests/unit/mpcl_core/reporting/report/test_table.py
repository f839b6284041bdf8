"""Tables of the report: numeric columns and significant digits."""

import math

from mpcl_core.reporting.report.table import Table, format_significant


def test_column_is_numeric_only_if_all_cells_are() -> None:
    rows = [["a", "1.5\n[1.0, 2.0]", "826c6d", "-3", "1 eeg"], ["b", "–", "e87b", "1,000", "eeg"]]
    assert Table("t", "abcde", rows).numeric_columns == [False, True, False, True, False]
    assert [format_significant(value) for value in (math.nan, 3.0, 0.0123456, 1e-7, -0.5)] == [
        "–",
        "3",
        "0.01235",
        "1e-07",
        "-0.5",
    ]
