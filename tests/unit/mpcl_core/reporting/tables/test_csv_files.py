"""Write scores and tests as CSV."""

import csv
import io
from dataclasses import replace

from mpcl_core.evaluation.compare import Comparison
from mpcl_core.reporting.tables import as_csv, paired_tests_as_csv


def test_csv_has_all_tests_at_full_precision(result: Comparison) -> None:
    lines = list(csv.DictReader(io.StringIO(paired_tests_as_csv([result]))))
    assert len(lines) == 6 * 2 * 4
    assert [float(line["p_holm"]) for line in lines] == [pair.p_holm for pair in result.tests]
    assert {line["grade"] for line in lines} == {"subject-independent"}
    assert next(csv.DictReader(io.StringIO(as_csv(result.scores))))["variant"] == "uniform"


def test_names_are_no_formulas(result: Comparison) -> None:
    score = replace(result.scores[0], variant="=1+1", low=-1.0)
    (line,) = csv.DictReader(io.StringIO(as_csv([score])))
    assert (line["variant"], line["low"]) == ("'=1+1", "-1.0")
