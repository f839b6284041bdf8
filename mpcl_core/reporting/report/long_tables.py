"""Build the tables of paired tests and of missing modalities: one for each grade and kind of metric."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isnan
from typing import TypeVar

from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.robustness import ConditionScore
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.statistics.pairs import PairedTest
from mpcl_core.reporting.number_format import format_p, format_signed
from mpcl_core.reporting.report.studies import describe_study
from mpcl_core.reporting.report.table import (
    Table,
    format_cell,
    format_fixed,
    format_heading,
    format_significant,
    with_last_notes,
)

T = TypeVar("T", bound=PairedTest | ConditionScore)

TEST_NOTES = (
    "Paired by subject. Difference: variant − reference, the mean over subjects with its 95 % interval; that of the KL "
    "is in nats. Effect: the rank-biserial correlation, above 0 if the variant is better. p: Wilcoxon's signed-rank "
    "test after Holm's correction; the number of tests is in parentheses.",
)

TRIED_NOTE = "Settings tried: by a search inside the folds, which uses no test window."

ROBUSTNESS_NOTES = (
    "All conditions use the same trained weights. Gain left: the share of the gain over the train mean that is kept. "
    "It is undefined if the network with all modalities has no gain, or none that an interval over subjects "
    "distinguishes from chance.",
)


def build_test_tables(run: Run) -> list[Table]:
    """Build the tables of the paired tests of a run.

    Args:
        run: the run.

    Returns:
        The tables; empty if nothing was tested.
    """
    found = [test for comparison in run.comparisons for test in comparison.tests]
    columns: Mapping[str, Callable[[PairedTest], str]] = {
        "variant": lambda test: test.variant,
        "reference": lambda test: test.reference,
        "difference": lambda test: format_cell(test.difference, test.low, test.high, format_signed),
        "subjects with better scores": lambda test: f"{test.wins} of {test.n_subjects}",
        "effect": lambda test: format_signed(test.rank_biserial, 2),
        "p": _format_p,
    }
    notes = [*TEST_NOTES, *[TRIED_NOTE] * any(test.tried > 1 for test in found)]
    return _build_tables(run, found, "Paired tests over subjects", columns, notes)


def build_robustness_tables(run: Run) -> list[Table]:
    """Build the tables of the scores with missing modalities.

    Args:
        run: the run.

    Returns:
        The tables; empty if no variant was tested with missing modalities.
    """
    columns: Mapping[str, Callable[[ConditionScore], str]] = {
        "variant": lambda score: score.variant,
        "available modalities": _describe_condition,
        "mean": lambda score: format_cell(score.mean, score.low, score.high, format_fixed),
        "gain left": lambda score: format_significant(score.relative),
    }
    return _build_tables(run, run.robustness, "Missing modalities", columns, ROBUSTNESS_NOTES)


def _format_p(test: PairedTest) -> str:
    tried = f"; {test.tried} settings tried" if test.tried > 1 else ""
    return test.note or "–" if isnan(test.p_holm) else f"{format_p(test.p_holm)} ({test.family}{tried})"


def _describe_condition(score: ConditionScore) -> str:
    if score.kind == "train_mean":
        return "none: the train mean"
    if score.kind == "missing":
        return f"all, {100 * score.rate:.0f} % missing at random"
    return score.modalities + (" (all)" if score.kind == "all" else "")


def _build_tables(
    run: Run, results: Sequence[T], title: str, columns: Mapping[str, Callable[[T], str]], notes: Sequence[str]
) -> list[Table]:
    """Build the tables of each study; those of metrics other than the KL are folded.

    Args:
        run: the run.
        results: the results of all studies, one for each row.
        title: beginning of the titles.
        columns: heading -> function that formats the cell of a result.
        notes: notes below the last table.

    Returns:
        The tables.
    """
    tables: list[Table] = []
    for study in run.studies:
        of_study = [result for result in results if result.variant in study.variants]
        tables += list(_build_study_tables(run, title, describe_study(run, study), columns, of_study))
    return with_last_notes(tables, notes)


def _build_study_tables(
    run: Run, title: str, study: str, columns: Mapping[str, Callable[[T], str]], results: Sequence[T]
) -> Iterator[Table]:
    for is_folded, about in ((False, f"{title} by the KL"), (True, f"{title}, the other metrics")):
        part = [result for result in results if (result.metric != KL) == is_folded]
        headings = [format_heading(result.metric, run.higher_is_better[result.metric]) for result in part]
        first = [[heading] if is_folded else [] for heading in headings]
        rows = [[*cells, *(write(r) for write in columns.values())] for cells, r in zip(first, part, strict=True)]
        if rows:
            head = [*(["metric"] if is_folded else []), *columns]
            yield Table(f"{about}, {study}", head, rows, is_folded=is_folded)
