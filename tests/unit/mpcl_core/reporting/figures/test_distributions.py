"""The best, the median and the worst window are drawn on one scale, and the error of each emotion beside the mean's."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures.distributions import build_figures
from support.drawn_runs import UNIFORM, WEIGHT, D


@pytest.fixture(scope="module")
def figure(small_run: Run) -> Figure:
    ((name, found),) = build_figures(small_run)
    assert name == "distributions"
    return found


def test_windows_are_ranked_by_their_divergence(figure: Figure, text_of: Callable[[Figure], str]) -> None:
    kl = np.sort((D * np.log(D / (0.8 * D + 0.2 * UNIFORM))).sum(1))
    text = text_of(figure)
    for rank, place in (("best", 0), ("median", 6), ("worst", -1)):
        assert f"{rank}: KL {kl[place]:.4f}, subject" in text


def test_windows_have_one_scale(figure: Figure) -> None:
    assert len({axes.get_ylim() for axes in figure.axes[:3]}) == 1
    tops = [patch.get_height() for axes in figure.axes[:3] for patch in axes.patches]
    assert max(tops) <= figure.axes[0].get_ylim()[1]


def test_bars_are_true_and_predicted_shares(figure: Figure) -> None:
    heights = np.array([patch.get_height() for patch in figure.axes[0].patches])
    true, predicted = heights[:3], heights[3:]
    np.testing.assert_allclose(predicted, 0.8 * true + 0.2 / 3)


def test_error_of_the_train_mean_is_marked(figure: Figure) -> None:
    errors = figure.axes[3]
    (marks,) = [line for line in errors.lines if line.get_marker() == "_"]
    bars = [patch.get_height() for patch in errors.patches]
    np.testing.assert_allclose(bars, np.average(np.abs(0.2 * (D - 1 / 3)), 0, WEIGHT))
    assert (np.asarray(marks.get_ydata()) > bars).all()


def test_run_without_predictions_has_no_figure() -> None:
    assert list(build_figures(SimpleNamespace(drawn_variant=None))) == []  # type: ignore[arg-type]
