"""The long tables of a report: paired tests and missing modalities."""

from pathlib import Path

from mpcl_core.evaluation.run import Run
from support.report_pages import EVIL, page


def test_paired_tests_are_separated_by_grade_and_other_metrics_are_folded(full: Path) -> None:
    found = page(full)
    title = "Paired tests over subjects"
    table = found.tables[f"{title} by the KL, grade subject-independent (net)"]
    assert table[0] == ["variant", "reference", "difference", "subjects with better scores", "effect", "p"]
    test = Run(full).paired_test("net", "mean")
    assert test is not None
    difference, low, high = (f"{value:+.4f}".replace("-", "−") for value in (test.difference, test.low, test.high))
    cells = {tuple(row[:2]): row[2:] for row in table[1:]}
    assert cells["net", "mean"][:2] == [f"{difference}\n[{low}, {high}]", f"{test.wins} of 4"]
    assert cells["net", "mean"][-1] == "4 subjects differ; a test needs 6"
    assert f"{title} by the KL, grade leaky (near)" in found.tables
    other = found.tables[f"{title}, the other metrics, grade subject-independent (net)"]
    assert other[1][0] == "chebyshev\u00a0↓"
    assert f"<summary>{title}, the other metrics" in (full / "report.html").read_text()
    assert "no paired tests" not in found.sections["variants"]


def test_table_of_missing_modalities(full: Path) -> None:
    tables = page(full).tables
    table = tables["Missing modalities by the KL, grade subject-independent (net)"]
    assert [[cell.partition("\n")[0] for cell in row] for row in table[1:]] == [
        ["net", "none: the train mean", "0.5015", "0"],
        ["net", f"eeg{EVIL} (all)", "0.2515", "1"],
        ["net", "all, 30 % missing at random", "0.3765", "0.5"],
    ]
    other = tables["Missing modalities, the other metrics, grade subject-independent (net)"]
    assert {row[-1] for row in other[1:] if row[0].startswith("cosine")} == {"–"}, "a larger cosine is no loss"
