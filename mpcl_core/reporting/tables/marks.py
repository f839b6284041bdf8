"""Which numbers of a table are marked: the best, the second, and those that differ from the reference."""

from collections.abc import Collection

from mpcl_core.evaluation.compare import Result
from mpcl_core.evaluation.metrics import HIGHER_IS_BETTER
from mpcl_core.evaluation.statistics.ranks import ALPHA

Keys = set[tuple[str, str]]
"""Pairs of a variant and a metric."""


def marks(result: Result, among: Collection[str] | None = None) -> tuple[Keys, Keys, Keys]:
    """The best, the second, and those that differ significantly from the reference.

    Numbers that are printed alike share a place. A seed-averaged prediction takes part in nothing, as it is several
    networks at once; nor does a variant that lacks rows.

    Args:
        result: what the table shows.
        among: the variants that compete; all where None.
    """
    complete = {entry.name for entry in result.group.complete}
    names = complete if among is None else complete & set(among)
    best, second = set[tuple[str, str]](), set[tuple[str, str]]()
    for metric, higher in HIGHER_IS_BETTER.items():
        means = {row.variant: f"{row.mean:.4f}" for row in result.rows if row.metric == metric and row.variant in names}
        places = sorted(set(means.values()), key=float, reverse=higher)
        if len(means) > 1:
            best |= {(name, metric) for name, mean in means.items() if mean == places[0]}
            second |= {(name, metric) for name, mean in means.items() if mean in places[1:2]}
    marked = {
        (pair.variant, pair.metric)
        for pair in result.tests
        if pair.reference == result.references[0] and pair.p_holm < ALPHA
    }
    return best, second, marked
