"""Tables of the report: numeric columns and significant digits."""

import math

from mpcl_core.reporting.report.table import Table, format_significant, with_last_notes


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


def test_notes_stand_below_the_last_table_that_is_not_folded() -> None:
    tables = [Table("a", "a", [], is_folded=True), Table("b", "b", []), Table("c", "c", [], is_folded=True)]
    assert [table.notes for table in with_last_notes(tables, ["note"])] == [(), ["note"], ()]
    assert [table.notes for table in with_last_notes([tables[0], tables[2]], ["note"])] == [(), ["note"]]
    assert with_last_notes([], ["note"]) == []
