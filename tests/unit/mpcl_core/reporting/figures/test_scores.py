"""Scores are drawn with their intervals; a baseline beyond the axis has an arrow, and seeds a diamond."""

from collections.abc import Callable

import pytest
from matplotlib.figure import Figure

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures.scores import build_figures


@pytest.fixture(scope="module")
def figure(small_run: Run) -> Figure:
    ((name, found),) = build_figures(small_run)
    assert name == "scores"
    return found


def test_every_variant_has_a_row_and_its_mean_beside_it(
    figure: Figure, small_run: Run, text_of: Callable[[Figure], str]
) -> None:
    text = text_of(figure)
    for name in ("uniform", "mean", "net"):
        assert name in text
        assert f"{small_run.numbers[name, 'kl_divergence'].mean:.4f}" in text
        assert f"{small_run.numbers[name, 'cosine'].mean:.4f}" in text


def test_dots_stand_at_the_means(figure: Figure, small_run: Run) -> None:
    axes = figure.axes[0]
    dots = {float(line.get_ydata()[0]): float(line.get_xdata()[0]) for line in axes.lines if line.get_marker() == "o"}  # type: ignore[index,arg-type]
    expected = [small_run.numbers[name, "kl_divergence"].mean for name in ("uniform", "mean", "net")]
    assert [dots[row] for row in (0.0, 1.0, 2.0)] == pytest.approx(expected)
    diamonds = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "D"]  # type: ignore[index]
    assert diamonds == pytest.approx([small_run.numbers["net+seeds", "kl_divergence"].mean])


def test_caption_counts_people_folds_and_seeds(figure: Figure, text_of: Callable[[Figure], str]) -> None:
    text = text_of(figure)
    assert "4 subjects in 2 folds, 2 seeds" in text
    assert "Diamonds: scores of the prediction averaged over seeds." in text
