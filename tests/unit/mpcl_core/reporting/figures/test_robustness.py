"""Scores with missing modalities are drawn by subset and by rate, with the train mean as a line."""

from collections.abc import Callable
from math import nan
from types import SimpleNamespace

import pytest
from matplotlib.figure import Figure

from mpcl_core.evaluation.robustness import ConditionScore
from mpcl_core.reporting.figures.robustness import build_figures
from support.hand_made_runs import study


def score(
    kind: str, mean: float, modalities: str = "eeg+ppg", rate: float = 0.0, variant: str = "net", relative: float = 0.5
) -> ConditionScore:
    return ConditionScore(
        variant, "leaky", kind, modalities, rate, "kl_divergence", mean, mean - 0.01, mean + 0.01, relative, 4, 1
    )


SUBSETS = [score("all", 0.1), score("subset", 0.2, "eeg"), score("subset", 0.3, "ppg", relative=nan)]
RATES = [score("missing", 0.25, rate=0.5), score("missing", 0.15, rate=0.25)]
MEAN = score("train_mean", 0.4)


def build(*scores: ConditionScore, studies: int = 1) -> dict[str, Figure]:
    made = [study("mean", "net") for _ in range(studies)]
    return dict(build_figures(SimpleNamespace(name="run", studies=made, robustness=list(scores))))  # type: ignore[arg-type]


def test_subsets_and_rates_have_a_panel_each(text_of: Callable[[Figure], str]) -> None:
    (figure,) = build(*SUBSETS, *RATES, MEAN).values()
    subsets, rates = figure.axes
    assert [label.get_text() for label in subsets.get_yticklabels()] == ["eeg + ppg", "eeg", "ppg"]
    (line,) = [line for line in rates.lines if line.get_linestyle() == "-"]
    assert list(line.get_xdata()) == pytest.approx([0, 25, 50])  # type: ignore[arg-type]
    assert list(line.get_ydata()) == pytest.approx([0.1, 0.15, 0.25])  # type: ignore[arg-type]
    text = text_of(figure)
    assert "0.50" in text
    assert "–" in text


def test_panel_without_conditions_is_left_out() -> None:
    (only_subsets,) = build(*SUBSETS, MEAN).values()
    (only_rates,) = build(SUBSETS[0], *RATES, MEAN).values()
    assert only_subsets.axes[0].get_ylabel() == "available modalities"
    assert [axes.get_ylabel() for axes in only_rates.axes] == ["KL, nats"]


def test_studies_are_numbered_and_other_metrics_are_not_drawn() -> None:
    assert list(build(*SUBSETS, studies=2)) == ["robustness-1", "robustness-2"]
    assert build() == {}
