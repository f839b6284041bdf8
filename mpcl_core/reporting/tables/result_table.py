"""Build the content of the tables, independent of the format: numbers, ablation and tests of a result."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

from mpcl_core.evaluation.compare import COMPLETE_MODELS, Comparison
from mpcl_core.evaluation.metrics import METRICS
from mpcl_core.evaluation.statistics.pairs import PairedTest
from mpcl_core.evaluation.summary import VariantScore
from mpcl_core.reporting.number_format import ABSENT, format_p, format_score, format_signed
from mpcl_core.reporting.tables.marks import Marks, find_marks
from mpcl_core.reporting.tables.notes import explain_data, explain_marks, explain_ranks, explain_tests

NAMES = dict(zip(METRICS, ("Chebyshev", "Clark", "Canberra", "KL", "cosine", "intersection"), strict=True))
"""One of the six metrics -> its name in a table."""


@dataclass(frozen=True)
class Cell:
    """Hold a cell of a table.

    Args:
        text: the number or name.
        suffix: an interval or a standard deviation, written after the number.
        is_best, is_second: whether the number is the best or second best of its column.
        is_significant: whether the number differs significantly from that of the reference variant.
    """

    text: str
    suffix: str = ""
    is_best: bool = False
    is_second: bool = False
    is_significant: bool = False


@dataclass(frozen=True)
class ResultTable:
    """Hold the content of a table.

    Args:
        title: the heading.
        notes: how to read the numbers, a sentence or two each.
        headings: names of the columns; the first column holds the variants.
        rows: the cells.
        suffix_note: what the suffixes of the numbers are; '' if there are none.
        is_first: whether it is the first table of its result; the others are written below it.
        is_wide: whether it is too wide for a terminal.
    """

    title: str
    notes: Sequence[str]
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    suffix_note: str = ""
    is_first: bool = False
    is_wide: bool = False


def build_tables(result: Comparison) -> Iterator[ResultTable]:
    """Build the tables of a result.

    Args:
        result: the numbers and tests of a group of comparable variants.

    Yields:
        The numbers; the ablation, if the recipe has several variants; the tests against each reference variant.
    """
    headings = ["variant", *_metric_headings(result)]
    notes = [*explain_data(result), *explain_marks(result), *explain_ranks(result)]
    rows = list(_build_number_rows(result))
    suffix_note = "[ ]: 95 % interval over subjects." if any(cell.suffix for row in rows for cell in row) else ""
    yield ResultTable(result.title, notes, headings, rows, suffix_note, is_first=True)
    yield from _build_ablation(result)
    for number, reference in enumerate(result.references):
        tests = [pair for pair in result.tests if (pair.reference, pair.metric) == (reference, result.metric)]
        if tests:
            columns = [f"Δ {_name(result.metric)}", "effect", "wins", "p (Holm)"]
            title = f"{_name(result.metric)} against {reference}"
            notes = list(explain_tests(tests, result.references[:number]))
            yield ResultTable(title, notes, ["variant", *columns], [_build_test_row(pair) for pair in tests])


def _name(metric: str) -> str:
    return NAMES.get(metric, metric)


def _metric_headings(result: Comparison) -> list[str]:
    return [f"{_name(metric)} {'↑' if higher else '↓'}" for metric, higher in result.group.higher_is_better.items()]


def _build_number_rows(result: Comparison) -> Iterator[list[Cell]]:
    numbers, marks = {(row.variant, row.metric): row for row in result.scores}, find_marks(result)
    for name in dict.fromkeys(row.variant for row in result.scores):
        found = [numbers.get((name, metric)) for metric in result.group.higher_is_better]
        yield [Cell(name), *(_score_cell(row, marks) for row in found)]


def _score_cell(row: VariantScore | None, marks: Marks) -> Cell:
    if row is None:
        return Cell(ABSENT)
    return _number_cell(row.mean, _format_interval(row), (row.variant, row.metric), marks)


def _number_cell(mean: float, suffix: str, key: tuple[str, str], marks: Marks) -> Cell:
    return Cell(f"{mean:z.4f}", suffix, key in marks.best, key in marks.second, key in marks.significant)


def _format_interval(row: VariantScore) -> str:
    has_interval = row.metric == "kl_divergence" and not isnan(row.low)
    return f" [{format_score(row.low)}, {format_score(row.high)}]" if has_interval else ""


def _build_ablation(result: Comparison) -> Iterator[ResultTable]:
    """Build the table of the recipe's own variants, if there are several, the reference variant first.

    Args:
        result: the result.

    Yields:
        The table, with the difference of each variant from the reference variant; nothing for a single variant.
    """
    own = [entry for entry in result.group.variants if not entry.is_baseline]
    reference = [entry for entry in own if entry.name in result.references[:1]]
    if not reference or len(own) < 2:
        return
    tests = {pair.variant: pair for pair in result.tests if _is_main_test(pair, result)}
    marks = find_marks(result, {entry.name for entry in own})
    rows = []
    for entry in [*reference, *(entry for entry in own if entry not in reference)]:
        cells = []
        for metric in result.group.higher_is_better:
            values, key = entry.subjects.scores[metric], (entry.name, metric)
            deviation = f" ± {np.std(values, ddof=1):z.4f}" if len(values) > 1 else ""
            cells.append(_number_cell(values.mean(), deviation, key, marks))
        pair = tests.get(entry.name)
        rows.append([Cell(entry.name), *cells, *((_delta_cell(pair), _p_cell(pair)) if pair else [Cell(ABSENT)] * 2)])
    metric = _name(result.metric)
    headings = ["variant", *_metric_headings(result), f"Δ {metric}", "p (Holm)"]
    title = (
        f"{'Ablation of' if reference[0].variant in COMPLETE_MODELS else 'Variants compared with'} {reference[0].name}"
    )
    suffix_note = "±: standard deviation over subjects." if any(cell.suffix for cell in rows[0][1:]) else ""
    notes = [f"Δ and p: difference in {metric} from {reference[0].name} and its test, from the table below."]
    yield ResultTable(title, notes, headings, rows, suffix_note, is_wide=True)


def _is_main_test(pair: PairedTest, result: Comparison) -> bool:
    return pair.reference == result.references[0] and pair.metric == result.metric


def _build_test_row(pair: PairedTest) -> list[Cell]:
    effect, wins = format_signed(pair.rank_biserial, 2), f"{pair.wins}/{pair.n_subjects}"
    return [Cell(pair.variant), _delta_cell(pair), Cell(effect), Cell(wins), _p_cell(pair)]


def _delta_cell(pair: PairedTest) -> Cell:
    interval = "" if isnan(pair.low) else f" [{format_signed(pair.low)}, {format_signed(pair.high)}]"
    return Cell(format_signed(pair.difference), interval)


def _p_cell(pair: PairedTest) -> Cell:
    return Cell(format_p(pair.p_holm), f" [{pair.tried} settings tried]" if pair.tried > 1 else "")
