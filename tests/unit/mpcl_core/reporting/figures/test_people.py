"""The figure of differences by subject."""

from pathlib import Path

import numpy as np

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures.people import build_figures
from support.drawn_runs import UNIFORM, D, finish, predict, study


def test_bars_are_the_sorted_differences_to_the_train_mean(tmp_path: Path) -> None:
    predict(tmp_path, "mean", UNIFORM)
    predict(tmp_path, "near", 0.5 * D + 0.5 * UNIFORM)
    finish(tmp_path, {"variants": {"near": {"estimator": {"use": "knn"}}}}, study("mean", "near"))
    run = Run(tmp_path)
    ((name, figure),) = build_figures(run)
    assert name == "people"
    scores = [run.subject_scores(variant) for variant in ("near", "mean")]
    own, mean = (found.scores["kl_divergence"] for found in scores if found is not None)
    (axes,) = figure.axes
    heights = [bar.get_height() for bar in axes.patches]  # type: ignore[attr-defined]
    np.testing.assert_allclose(heights, np.sort(own - mean))
    assert max(heights) < 0, "nearer to the truth for everybody"


def test_no_figure_without_a_train_mean(tmp_path: Path) -> None:
    predict(tmp_path, "near", UNIFORM)
    finish(tmp_path, {"estimator": {"use": "knn"}}, study("near"))
    assert list(build_figures(Run(tmp_path))) == []
