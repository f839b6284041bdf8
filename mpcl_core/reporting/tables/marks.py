"""Find the numbers of a table to mark: best, second best, and significantly different from the reference variant."""

from collections.abc import Collection
from dataclasses import dataclass

from mpcl_core.evaluation.compare import Comparison
from mpcl_core.evaluation.statistics.ranks import ALPHA

Keys = set[tuple[str, str]]
"""Pairs of a variant and a metric."""


@dataclass(frozen=True)
class Marks:
    """Hold the numbers to mark.

    Args:
        best, second: best and second best values of each metric.
        significant: numbers that differ significantly from those of the reference variant.
    """

    best: Keys
    second: Keys
    significant: Keys


def find_marks(result: Comparison, among: Collection[str] | None = None) -> Marks:
    """Find the best, the second best, and the significantly different numbers of a result.

    Numbers that are equal as printed share a place. Predictions averaged over seeds do not take part, since they are
    ensembles of several networks; nor do variants without predictions for some windows.

    Args:
        result: the result that the table shows.
        among: the variants that compete; None: all.

    Returns:
        The marks, by variant and metric.
    """
    complete = {entry.name for entry in result.group.complete}
    names = complete if among is None else complete & set(among)
    best, second = set[tuple[str, str]](), set[tuple[str, str]]()
    for metric, higher in result.group.higher_is_better.items():
        means = {
            row.variant: f"{row.mean:z.4f}" for row in result.scores if row.metric == metric and row.variant in names
        }
        places = sorted(set(means.values()), key=float, reverse=higher)
        if len(means) > 1:
            best |= {(name, metric) for name, mean in means.items() if mean == places[0]}
            second |= {(name, metric) for name, mean in means.items() if mean in places[1:2]}
    significant = {
        (pair.variant, pair.metric)
        for pair in result.tests
        if pair.reference == result.references[0] and pair.p_holm < ALPHA
    }
    return Marks(best, second, significant)
