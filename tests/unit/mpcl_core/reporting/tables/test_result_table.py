"""Build the content of the tables."""

from mpcl_core.evaluation.compare import Comparison
from mpcl_core.evaluation.metrics import METRICS
from mpcl_core.reporting.number_format import format_p
from mpcl_core.reporting.tables.result_table import build_tables
from support.ablation_run import SHARE


def test_marks_are_by_the_printed_numbers_and_leave_out_averaged_seeds(result: Comparison) -> None:
    first, ablated, *_ = build_tables(result)
    cells = {line[0].text: line[1:] for line in first.rows}
    assert list(cells) == ["uniform", "mean", *(name for variant in SHARE for name in (variant, f"{variant}+seeds"))]
    for column, metric in enumerate(METRICS):
        means = {row.variant: row.mean for row in result.scores if row.metric == metric and "+" not in row.variant}
        order = sorted(means, key=means.__getitem__, reverse=metric in ("cosine", "intersection"))
        assert cells[order[0]][column].is_best
        assert cells[order[1]][column].is_second or cells[order[1]][column].is_best
        marked = {
            pair.variant
            for pair in result.tests
            if (pair.reference, pair.metric) == ("full", metric) and pair.p_holm < 0.05
        }
        assert {name for name, line in cells.items() if line[column].is_significant} == marked
        assert "no_a" in marked
    assert not any(
        cell.is_best or cell.is_second or cell.is_significant
        for line in ("full+seeds", "no_b+seeds")
        for cell in cells[line]
    )
    assert [line[0].text for line in ablated.rows] == ["full", "no_a", "no_b"]


def test_ablation_table_has_deviations_over_subjects_and_differences(result: Comparison) -> None:
    _, ablated, *_ = build_tables(result)
    assert ablated.headings[-2:] == ["Δ KL", "p (Holm)"]
    full, no_a, _ = ablated.rows
    values = result.group.subject_scores("kl_divergence")["full"]
    assert full[4].text + full[4].suffix == f"{values.mean():.4f} ± {values.std(ddof=1):.4f}"
    assert [cell.text for cell in full[-2:]] == ["—", "—"]
    (pair,) = [p for p in result.tests if (p.variant, p.reference, p.metric) == ("no_a", "full", "kl_divergence")]
    assert no_a[-2].text == f"{pair.difference:+.4f}"
    assert no_a[-1].text == format_p(pair.p_holm)
    assert ablated.suffix_note == "±: standard deviation over subjects."
