"""Draw KL and cosine of every variant with their intervals: a figure for each study, so that grades do not mix."""

import math
from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.summary import VariantScore
from mpcl_core.reporting.figure_names import name_figure
from mpcl_core.reporting.figures.layout import BASELINE, PREDICTED, TRUE, add_panel_grid, new_page, shorten, text_width
from mpcl_core.reporting.number_format import format_count
from mpcl_core.runs.manifest import StudyManifest

PANELS = {KL: "KL, nats (lower is better)", "cosine": "cosine (higher is better)"}


def build_figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """Build ``scores``, or ``scores-1`` … if there are several studies.

    Args:
        run: the run.

    Yields:
        File name and figure of each study that has numbers.
    """
    for number, study in enumerate(run.studies, 1):
        names = [name for name in study.variants if (name, KL) in run.numbers]
        if names:
            yield name_figure("scores", run, number), _figure(run, study, names)


def _figure(run: Run, study: StudyManifest, names: Sequence[str]) -> Figure:
    figure = new_page("Scores of every variant", run.name, study, _caption(run, study, names), 1.5 + 0.19 * len(names))
    left = 0.15 + text_width([shorten(name) for name in names])
    (panels,) = add_panel_grid(figure, 1, len(PANELS), left=left, right=0.5, below=0.4, gaps=(0.6, 0), sharey=True)
    for axes, (metric, label) in zip(panels, PANELS.items(), strict=True):
        for row, name in enumerate(names):
            _draw_score(axes, row, run, name, metric)
        _set_limits(axes, run, names, metric, run.mean_baseline(study))
        axes.set_xlabel(label)
        axes.locator_params(axis="x", nbins=5)
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
    panels[0].set_yticks(range(len(names)), [shorten(name) for name in names])
    panels[0].set_ylim(len(names) - 0.5, -0.5)
    return figure


def _draw_score(axes: Axes, row: int, run: Run, name: str, metric: str) -> None:
    number = run.numbers[name, metric]
    colour = TRUE if name in run.own_variants else BASELINE
    axes.hlines(row, number.low, number.high, color=colour, linewidth=1.2)
    axes.plot(number.mean, row, "o", color=colour, markersize=4)
    if averaged := run.numbers.get((f"{name}+seeds", metric)):
        axes.plot(averaged.mean, row, "D", color=PREDICTED, markersize=5, markerfacecolor="none", markeredgewidth=0.9)
    axes.annotate(f"{number.mean:z.4f}", (1.04, row), xycoords=("axes fraction", "data"), va="center", fontsize=7)


def _set_limits(axes: Axes, run: Run, names: Sequence[str], metric: str, mean: str | None) -> None:
    """Fit the limits to the variants and the train mean; mark a baseline beyond them by an arrow."""
    fitted = [name for name in names if name in run.own_variants or name == mean] or names
    edges = [x for name in fitted for x in _ends(run.numbers[name, metric]) if not math.isnan(x)]
    low, high = min(edges), max(edges)
    margin = 0.06 * (high - low) or 0.01
    axes.set_xlim(low - margin, high + margin)
    if mean is not None:
        axes.axvline(run.numbers[mean, metric].mean, color=BASELINE, linewidth=0.8, linestyle=":")
    for row, name in enumerate(names):
        beyond = run.numbers[name, metric].mean
        if not low - margin <= beyond <= high + margin:
            at, marker = (high + margin / 2, ">") if beyond > high else (low - margin / 2, "<")
            axes.plot(at, row, marker, color=BASELINE, markersize=5)


def _ends(score: VariantScore) -> tuple[float, float, float]:
    return score.mean, score.low, score.high


def _caption(run: Run, study: StudyManifest, names: Sequence[str]) -> str:
    numbers = [run.numbers[name, KL] for name in names]
    parts = [f"Dots: means over {_describe_counts(numbers, study)}."]
    if all(math.isnan(number.low) for number in numbers):
        parts.append("There are no intervals, since they need three subjects.")
    else:
        parts.append("Lines: 95 % intervals over subjects; they are not paired and do not test differences.")
    if any(f"{name}+seeds" in {variant for variant, _ in run.numbers} for name in names):
        parts.append("Diamonds: scores of the prediction averaged over seeds.")
    parts.append("Grey: baselines, with an arrow and a cut line if beyond the axis. Dotted line: the train mean.")
    return " ".join(parts)


def _describe_counts(numbers: Sequence[VariantScore], study: StudyManifest) -> str:
    subjects, seeds = (max(n) for n in zip(*((n.n_subjects, n.n_seeds) for n in numbers), strict=True))
    people = f"{format_count(subjects, 'subject')} in {format_count(study.n_folds, 'fold')}"
    return f"{people}, {format_count(seeds, 'seed')}"
