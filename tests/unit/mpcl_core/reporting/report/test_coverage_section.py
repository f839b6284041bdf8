"""The report states reached against stated coverage, or why there are no error bars."""

from mpcl_core.evaluation.coverage import CoverageScore
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report.coverage_section import build_coverage_tables, describe_coverage
from support.scored_runs import scored_run

SCORE = CoverageScore("main", "leaky", 0.9, 25, 0.2, 0.915, 0.9, 0.93, 0.9, 0.15, 0.92, 40, 5)
FEW = CoverageScore("few", "leaky", 0.9, 3, reason="3 people were held out")


def run(*scores: CoverageScore) -> Run:
    return scored_run(["main", "few"], scores)


def test_table_has_a_row_for_each_variant_and_the_reasons() -> None:
    (table,) = build_coverage_tables(run(SCORE, FEW))
    assert [row[:3] for row in table.rows] == [["main", "0.9", "0.915\n[0.900, 0.930]"], ["few", "0.9", "—"]]
    assert table.notes[0] == "No error bars for few: 3 people were held out."
    assert build_coverage_tables(run()) == build_coverage_tables(run(FEW)) == [], "a table of dashes says nothing"


def test_sentence_states_what_was_reached() -> None:
    assert describe_coverage(run(SCORE), "main") == (
        "Error bars: in 40 tested subjects, 91.5% of the windows lie within the radius of 0.200 (stated: 90%)."
    )
    assert describe_coverage(run(FEW), "few") == "No error bars: 3 people were held out."
    assert describe_coverage(run(), "main") == ""
