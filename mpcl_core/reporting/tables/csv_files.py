"""Write numbers and tests as CSV: one a line, at full precision; what does not exist is an empty cell."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, TypeVar

from mpcl_core.evaluation.compare import Comparison
from mpcl_core.evaluation.coverage import CoverageScore
from mpcl_core.evaluation.robustness import ConditionScore
from mpcl_core.evaluation.statistics.pairs import PairedTest
from mpcl_core.evaluation.summary import VariantScore
from mpcl_core.toolkit.table_file import csv_cell

T = TypeVar("T", VariantScore, ConditionScore, CoverageScore)


def as_csv(scores: Sequence[VariantScore]) -> str:
    """Return the scores of variants as CSV.

    Args:
        scores: the scores.

    Returns:
        The text of ``summary.csv``.
    """
    return _fields_as_csv(VariantScore, scores)


def paired_tests_as_csv(results: Sequence[Comparison]) -> str:
    """Return every test of every variant against each reference by each metric as CSV.

    Args:
        results: the comparisons.

    Returns:
        The text of ``tests.csv``.
    """
    columns = ["grade", *(field.name for field in fields(PairedTest))]
    return _written(
        columns, [{"grade": result.group.grade, **asdict(test)} for result in results for test in result.tests]
    )


def robustness_as_csv(scores: Sequence[ConditionScore]) -> str:
    """Return the scores without some modalities as CSV.

    Args:
        scores: the scores.

    Returns:
        The text of ``robustness.csv``.
    """
    return _fields_as_csv(ConditionScore, scores)


def coverage_as_csv(scores: Sequence[CoverageScore]) -> str:
    """Return the reached and stated coverage of the error bars as CSV.

    Args:
        scores: the scores.

    Returns:
        The text of ``coverage.csv``.
    """
    return _fields_as_csv(CoverageScore, scores, left_out=("curve",))


def lines_as_csv(columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    """Return lines of values as CSV.

    Args:
        columns: the names of the columns.
        lines: the values of each line.

    Returns:
        The text.
    """
    return _written(columns, [dict(zip(columns, line, strict=True)) for line in lines])


def _fields_as_csv(kind: type[T], records: Sequence[T], left_out: Sequence[str] = ()) -> str:
    names = [field.name for field in fields(kind) if field.name not in left_out]
    return _written(names, [{name: getattr(record, name) for name in names} for record in records])


def _written(columns: Sequence[str], lines: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for line in lines:
        writer.writerow({name: csv_cell(value) for name, value in line.items()})
    return text.getvalue()
