"""Print tables in a terminal; intervals give way to names where it is narrow."""

from io import StringIO

import pytest
from rich.console import Console

from mpcl_core.evaluation.compare import Comparison
from mpcl_core.reporting.tables.terminal import MIN_WIDTH_FOR_INTERVALS, show


def printed(result: Comparison, width: int, terminal: bool = False) -> str:
    out = StringIO()
    show([result], Console(file=out, width=width, force_terminal=terminal, markup=False, highlight=False))
    return out.getvalue()


def test_every_variant_and_note_is_printed_and_the_wide_table_is_not(result: Comparison) -> None:
    text = printed(result, 160)
    assert all(name in text for name in ("uniform", "mean", "full", "no_a", "no_b", "full+seeds"))
    assert "subject-independent" in text
    assert "SIMULATED" in text
    assert "±: standard deviation" not in text


@pytest.mark.parametrize("width", [MIN_WIDTH_FOR_INTERVALS - 1, 160])
def test_intervals_are_left_out_where_the_terminal_is_narrow(width: int, result: Comparison) -> None:
    first = printed(result, width).split("full ", 1)[1].splitlines()[0]
    assert ("[" in first) == (width >= MIN_WIDTH_FOR_INTERVALS)


def test_headings_of_metrics_are_short(result: Comparison) -> None:
    text = printed(result, 160)
    assert "Cheb ↓" in text
    assert "Chebyshev ↓" not in text


def test_best_number_is_bold_and_significant_ones_are_marked(result: Comparison) -> None:
    text = printed(result, 160, terminal=True)
    assert "\x1b[1m" in text
    assert "†" in text
