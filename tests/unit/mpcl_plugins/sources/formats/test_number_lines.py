"""Lines of tables become numbers, at once or cell by cell, with errors that name the cell."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.number_lines import NumberLines, is_text, without_trailing_blanks

LINES = NumberLines(Path("t.csv"), ("a", "b", "c"))


def test_plain_numbers_and_cells_give_the_same() -> None:
    plain = ["1,2,3", "4,5e-1,6"]
    quoted = ['"1",2,3', "4, 5e-1 ,6"]
    expected = [[3.0, 1.0], [6.0, 4.0]]
    np.testing.assert_array_equal(LINES.numbers(plain, (2, 0)), expected)
    np.testing.assert_array_equal(LINES.numbers(quoted, (2, 0)), expected)


@pytest.mark.parametrize("cell", ["", "n/a", "NA", "nan", " NaN "])
def test_missing_cells_are_nan(cell: str) -> None:
    found = LINES.numbers(["1,2,3", f"{cell},5,6"], (0, 1))
    np.testing.assert_array_equal(found, [[1, 2], [np.nan, 5]])


def test_no_lines_give_no_numbers() -> None:
    assert LINES.numbers([], (0, 2)).shape == (0, 2)


def test_comma_of_numbers_may_be_decimal() -> None:
    lines = NumberLines(Path("t.csv"), ("a", "b"), ";", decimal_comma=True)
    np.testing.assert_array_equal(lines.numbers(["1,5;2", '"3,25";n/a'], (0, 1)), [[1.5, 2], [3.25, np.nan]])
    assert lines.cells('"3,25";x') == ["3.25", "x"]


def test_many_lines_are_parsed_in_blocks() -> None:
    lines = [f"{number},0,1" for number in range(40_000)]
    np.testing.assert_array_equal(LINES.numbers(lines, (0,))[:, 0], np.arange(40_000))


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (["1,2,3", "1,2"], ["2 cells, but 3 are expected", "t.csv", "8"]),
        (["1,2,3", "1,x,3"], ["'x' is not a number", "b", "8"]),
    ],
)
def test_wrong_line_and_cell_are_named_with_their_row(lines: list[str], parts: list[str]) -> None:
    with pytest.raises(DataError) as error:
        LINES.numbers(lines, (0, 1), row=7)
    for part in parts:
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("cell", "expected"), [("1.5", False), ("", False), ("NaN", False), ("Fz", True), ("1,5", True)]
)
def test_text_is_neither_a_number_nor_missing(cell: str, expected: bool) -> None:
    assert is_text(cell) is expected


def test_blank_lines_at_the_end_are_left_out() -> None:
    assert list(without_trailing_blanks(["a", "", "b", " ", "\n"])) == ["a", "", "b"]
    assert list(without_trailing_blanks(["", ""])) == []
