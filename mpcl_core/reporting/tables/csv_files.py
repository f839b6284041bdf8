"""Long form: one number, or one test, a line, at full precision; what there is not is empty."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from mpcl_core.evaluation.compare import Result
from mpcl_core.evaluation.statistics.pairs import Pair
from mpcl_core.evaluation.summary import Row


def as_csv(rows: Sequence[Row]) -> str:
    """The numbers of the tables."""
    return _written([field.name for field in fields(Row)], [asdict(row) for row in rows])


def pairs_as_csv(results: Sequence[Result]) -> str:
    """Every variant against each reference by each metric."""
    columns = ["grade", *(field.name for field in fields(Pair))]
    return _written(
        columns, [{"grade": result.group.grade, **asdict(pair)} for result in results for pair in result.tests]
    )


def _written(columns: Sequence[str], lines: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for line in lines:
        writer.writerow({name: "" if value != value else value for name, value in line.items()})
    return text.getvalue()
