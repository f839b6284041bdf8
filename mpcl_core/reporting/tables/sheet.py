"""What the tables hold, whatever they are written as: the numbers, the ablation and the tests of a result."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

from mpcl_core.evaluation.compare import WHOLE, Result
from mpcl_core.evaluation.metrics import METRICS
from mpcl_core.evaluation.statistics.pairs import Pair
from mpcl_core.evaluation.summary import Row
from mpcl_core.reporting.number_format import ABSENT, format_p, format_score, format_signed
from mpcl_core.reporting.tables.marks import marks
from mpcl_core.reporting.tables.notes import about, of_marks, of_ranks, of_tests

NAMES = dict(zip(METRICS, ("Chebyshev", "Clark", "Canberra", "KL", "cosine", "intersection"), strict=True))
"""Metric -> its name in a table."""

ARROWS = dict(zip(METRICS, "↓↓↓↓↑↑", strict=True))
"""Metric -> whether lower or higher is better."""


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Args:
        text: its number or name.
        tail: what follows it: an interval, a spread.
        best, second: whether it is the best or second of its column.
        marked: whether it differs significantly from the reference.
    """

    text: str
    tail: str = ""
    best: bool = False
    second: bool = False
    marked: bool = False


@dataclass(frozen=True)
class Sheet:
    """A table.

    Args:
        title: its heading.
        notes: what the numbers are about, and over what their intervals are.
        headings: one a column; the first column names the variant.
        lines: the cells.
        tails: what the tails of its numbers are.
        first: whether it is the first of its result; the others belong to it.
        wide: whether it is too wide for a terminal.
    """

    title: str
    notes: Sequence[str]
    headings: Sequence[str]
    lines: Sequence[Sequence[Cell]]
    tails: str = ""
    first: bool = False
    wide: bool = False


def sheets(result: Result) -> Iterator[Sheet]:
    """The tables of a result: the numbers; the ablation, where there is one; the tests against each reference."""
    headings = ["variant", *(f"{NAMES[metric]} {ARROWS[metric]}" for metric in METRICS)]
    notes = [*about(result), *of_marks(result), *of_ranks(result)]
    lines = list(_numbers(result))
    tails = "[ ]: 95 % interval over subjects." if any(cell.tail for line in lines for cell in line) else ""
    yield Sheet(result.title, notes, headings, lines, tails, first=True)
    yield from _ablation(result)
    for number, reference in enumerate(result.references):
        tests = [pair for pair in result.tests if (pair.reference, pair.metric) == (reference, result.metric)]
        if tests:
            columns = [f"Δ {NAMES[result.metric]}", "effect", "wins", "p (Holm)"]
            title = f"{NAMES[result.metric]} against {reference}"
            notes = list(of_tests(tests, result.references[:number]))
            yield Sheet(title, notes, ["variant", *columns], [_test(pair) for pair in tests])


def _numbers(result: Result) -> Iterator[list[Cell]]:
    cells = {(row.variant, row.metric): row for row in result.rows}
    best, second, marked = marks(result)
    for name in dict.fromkeys(row.variant for row in result.rows):
        keys = [(name, metric) for metric in METRICS]
        yield [
            Cell(name),
            *(
                Cell(f"{cells[key].mean:.4f}", _bounds(cells[key]), key in best, key in second, key in marked)
                for key in keys
            ),
        ]


def _bounds(row: Row) -> str:
    has_interval = row.metric == "kl_divergence" and not isnan(row.low)
    return f" [{format_score(row.low)}, {format_score(row.high)}]" if has_interval else ""


def _ablation(result: Result) -> Iterator[Sheet]:
    """The variants that the recipe names, the reference first, with what each differs from it."""
    own = [entry for entry in result.group.entries if entry.own]
    reference = [entry for entry in own if entry.name in result.references[:1]]
    if not reference or len(own) < 2:
        return
    tests = {pair.variant: pair for pair in result.tests if _shown(pair, result)}
    best, second, marked = marks(result, {entry.name for entry in own})
    lines = []
    for entry in [*reference, *(entry for entry in own if entry not in reference)]:
        cells = []
        for metric in METRICS:
            values, key = entry.scores.scores[metric], (entry.name, metric)
            spread = f" ± {np.std(values, ddof=1):.4f}" if len(values) > 1 else ""
            cells.append(Cell(f"{values.mean():.4f}", spread, key in best, key in second, key in marked))
        pair = tests.get(entry.name)
        lines.append([Cell(entry.name), *cells, *((_delta(pair), _p(pair)) if pair else [Cell(ABSENT)] * 2)])
    headings = [f"{NAMES[metric]} {ARROWS[metric]}" for metric in METRICS]
    title = f"{'Ablation of' if reference[0].variant in WHOLE else 'Variants beside'} {reference[0].name}"
    tails = "±: standard deviation over subjects." if any(cell.tail for cell in lines[0][1:]) else ""
    notes = [
        f"Δ and p: {NAMES[result.metric]} against {reference[0].name}, as tested below.",
    ]
    yield Sheet(title, notes, ["variant", *headings, f"Δ {NAMES[result.metric]}", "p (Holm)"], lines, tails, wide=True)


def _shown(pair: Pair, result: Result) -> bool:
    return pair.reference == result.references[0] and pair.metric == result.metric


def _test(pair: Pair) -> list[Cell]:
    effect, wins = f"{format_signed(pair.rank_biserial, 2)}", f"{pair.wins}/{pair.n_subjects}"
    return [Cell(pair.variant), _delta(pair), Cell(effect), Cell(wins), _p(pair)]


def _delta(pair: Pair) -> Cell:
    between = "" if isnan(pair.low) else f" [{format_signed(pair.low)}, {format_signed(pair.high)}]"
    return Cell(format_signed(pair.difference), between)


def _p(pair: Pair) -> Cell:
    return Cell(format_p(pair.p_holm))
