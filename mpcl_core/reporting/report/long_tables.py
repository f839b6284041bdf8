"""Build the tables of paired tests and of missing modalities: one for each grade and kind of metric."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import isnan
from typing import TypeVar

from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.robustness import ConditionScore
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.statistics.pairs import PairedTest
from mpcl_core.reporting.number_format import format_p, format_signed
from mpcl_core.reporting.report.result_section import titled
from mpcl_core.reporting.report.table import Table, heading, plain, stated, tidy

T = TypeVar("T", bound=PairedTest | ConditionScore)

OF_TESTS = (
    "Paired by subject. Difference: variant − against, the mean over subjects with its 95 % interval. Effect: the "
    "rank-biserial correlation, above 0 where the variant is better. p: Wilcoxon's signed-rank test after Holm's "
    "correction for as many tests as stand in brackets.",
)

RELATIVE = (
    "The same weights throughout. Gain left is the share of the gain over the train mean that is left; there is none "
    "where the network with all modalities gains nothing, or nothing that an interval over subjects tells from chance.",
)


def tests(run: Run) -> list[Table]:
    """Return the tables of the paired tests of a run.

    Args:
        run: the run.

    Returns:
        The tables; empty where nothing was tested.
    """
    found = [test for comparison in run.comparisons for test in comparison.tests]
    columns: Mapping[str, Callable[[PairedTest], str]] = {
        "variant": lambda test: test.variant,
        "against": lambda test: test.reference,
        "difference": lambda test: stated(test.difference, test.low, test.high, format_signed),
        "better in": lambda test: f"{test.wins} of {test.n_subjects}",
        "effect": lambda test: format_signed(test.rank_biserial, 2),
        "p": _p,
    }
    return _by_study(run, found, "Paired tests over subjects", columns, OF_TESTS)


def robustness(run: Run) -> list[Table]:
    """Return the tables of what the networks of a run predict without some modalities.

    Args:
        run: the run.

    Returns:
        The tables; empty where that was not tested.
    """
    columns: Mapping[str, Callable[[ConditionScore], str]] = {
        "variant": lambda score: score.variant,
        "modalities that are there": _modalities,
        "mean": lambda score: stated(score.mean, score.low, score.high, plain),
        "gain left": lambda score: tidy(score.relative),
    }
    return _by_study(run, run.robustness, "Missing modalities", columns, RELATIVE)


def _p(test: PairedTest) -> str:
    return test.note or "–" if isnan(test.p_holm) else f"{format_p(test.p_holm)} ({test.family})"


def _modalities(score: ConditionScore) -> str:
    if score.kind == "train_mean":
        return "the train mean, without any"
    if score.kind == "missing":
        return f"all, {100 * score.rate:.0f} % missing at random"
    return score.modalities + (" (all)" if score.kind == "all" else "")


def _by_study(
    run: Run, found: Sequence[T], title: str, columns: Mapping[str, Callable[[T], str]], notes: Sequence[str]
) -> list[Table]:
    """Build the tables of each study; those of metrics other than the KL are folded."""
    tables: list[Table] = []
    for study in run.studies:
        of_study = [one for one in found if one.variant in study.variants]
        tables += list(_tables(title, titled(run, study), columns, of_study))
    return [*tables[:-1], *(replace(table, notes=notes) for table in tables[-1:])]


def _tables(title: str, about: str, columns: Mapping[str, Callable[[T], str]], found: Sequence[T]) -> Iterator[Table]:
    for is_folded, suffix in ((False, f"{title} by the KL"), (True, f"{title}, the other metrics")):
        part = [one for one in found if (one.metric != KL) == is_folded]
        first = [[heading(one.metric)] if is_folded else [] for one in part]
        rows = [[*cells, *(cell(one) for cell in columns.values())] for cells, one in zip(first, part, strict=True)]
        if rows:
            yield Table(f"{suffix}, {about}", [*(["metric"] if is_folded else []), *columns], rows, folded=is_folded)
