"""The reliability figure draws the curves of the variants with error bars."""

from mpcl_core.evaluation.coverage import CoverageScore
from mpcl_core.reporting.figures.reliability import build_figures
from support.scored_runs import scored_run


def test_own_variants_come_first_and_those_without_error_bars_are_left_out() -> None:
    curve = ((0.5, 0.55), (0.9, 0.92))
    scores = [
        CoverageScore(name, "leaky", 0.9, 25, 0.2, 0.92, 0.9, 0.94, n_subjects=40, curve=own)
        for name, own in (("mean", curve), ("main", curve), ("few", ()))
    ]
    ((name, figure),) = build_figures(scored_run(["mean", "main", "few"], scores))
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert (name, labels) == ("reliability", ["main, radius 0.200", "mean, radius 0.200"])
