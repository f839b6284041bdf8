"""Attention is drawn for every objective that stored one for each window of each stream."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.figure import Figure

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures.retrieval import build_figures


@pytest.fixture(scope="module")
def figures(small_run: Run) -> dict[str, Figure]:
    return dict(build_figures(small_run))


def test_objective_whose_attention_is_of_other_windows_has_no_figure(figures: dict[str, Figure]) -> None:
    assert list(figures) == ["retrieval-pcl"]


def test_each_stream_reads_each_space(figures: dict[str, Figure], text_of: Callable[[Figure], str]) -> None:
    text = text_of(figures["retrieval-pcl"])
    for stream in ("body", "face"):
        for space in ("body", "face"):
            assert f"{stream} reads {space}" in text
    assert "5 test windows of net, seed 0, fold f0" in text


def test_windows_are_grouped_by_the_emotion_that_exceeds_its_mean_most(
    figures: dict[str, Figure], small_run: Run
) -> None:
    sample = small_run.drawn_variant
    assert sample is not None
    order = np.argsort((sample.D - sample.D.mean(0)).argmax(1), kind="stable")
    stored = sample.diagnostics["objectives.pcl.body.attention"][:5]
    drawn = np.asarray(figures["retrieval-pcl"].axes[0].images[0].get_array())
    np.testing.assert_array_equal(drawn, stored[order])


def test_run_without_diagnostics_has_no_figure() -> None:
    assert list(build_figures(SimpleNamespace(drawn_variant=None))) == []  # type: ignore[arg-type]
