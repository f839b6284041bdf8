"""Write numbers and tests as CSV: one number or one test per line, at full precision; missing values are empty."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from mpcl_core.evaluation.compare import Result
from mpcl_core.evaluation.statistics.pairs import Pair
from mpcl_core.evaluation.summary import Row


def as_csv(rows: Sequence[Row]) -> str:
    """Write the numbers of the tables as CSV.

    Args:
        rows: a row for each variant and metric.

    Returns:
        The text of the file.
    """
    return _write([field.name for field in fields(Row)], [asdict(row) for row in rows])


def pairs_as_csv(results: Sequence[Result]) -> str:
    """Write the paired tests as CSV: each variant against each reference variant, by each metric.

    Args:
        results: the results, one for each group of comparable variants.

    Returns:
        The text of the file.
    """
    columns = ["grade", *(field.name for field in fields(Pair))]
    return _write(
        columns, [{"grade": result.group.grade, **asdict(pair)} for result in results for pair in result.tests]
    )


def _write(columns: Sequence[str], lines: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for line in lines:
        writer.writerow({name: "" if value != value else value for name, value in line.items()})
    return text.getvalue()
