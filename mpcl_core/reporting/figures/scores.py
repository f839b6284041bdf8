"""KL and cosine of every variant with their intervals: a figure for each study, so that grades are never mixed."""

import math
from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mpcl_core.reporting.figures.layout import PREDICTED, REFERENCE, TRUE, counted, page, short
from mpcl_core.runs.diagnostics import Study
from mpcl_core.runs.reader import KL, Number, Run

PANELS = {KL: "KL, nats (lower is better)", "cosine": "cosine (higher is better)"}


def figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """``scores``, or ``scores-1`` … where there are several studies."""
    for number, study in enumerate(run.studies, 1):
        names = [name for name in study["variants"] if (name, KL) in run.numbers]
        if names:
            yield "scores" if len(run.studies) == 1 else f"scores-{number}", _figure(run, study, names)


def _figure(run: Run, study: Study, names: Sequence[str]) -> Figure:
    figure = page("Scores of every variant", run.name, study, _caption(run, study, names), 1.5 + 0.19 * len(names))
    panels = figure.subplots(1, len(PANELS), sharey=True, squeeze=False)[0]
    for axes, (metric, label) in zip(panels, PANELS.items(), strict=True):
        for row, name in enumerate(names):
            _row(axes, row, run, name, metric)
        _frame(axes, run, names, metric, run.train_mean(study))
        axes.set_xlabel(label)
        axes.locator_params(axis="x", nbins=5)
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
    panels[0].set_yticks(range(len(names)), [short(name) for name in names])
    panels[0].set_ylim(len(names) - 0.5, -0.5)
    return figure


def _row(axes: Axes, row: int, run: Run, name: str, metric: str) -> None:
    number = run.numbers[name, metric]
    colour = TRUE if name in run.own else REFERENCE
    axes.hlines(row, number.low, number.high, color=colour, linewidth=1.2)
    axes.plot(number.mean, row, "o", color=colour, markersize=4)
    if averaged := run.numbers.get((f"{name}+seeds", metric)):
        axes.plot(averaged.mean, row, "D", color=PREDICTED, markersize=5, markerfacecolor="none", markeredgewidth=0.9)
    axes.annotate(f"{number.mean:.4f}", (1.04, row), xycoords=("axes fraction", "data"), va="center", fontsize=7)


def _frame(axes: Axes, run: Run, names: Sequence[str], metric: str, mean: str | None) -> None:
    """Frame the variants and the mean; a reference far from them is an arrow at the edge."""
    framed = [name for name in names if name in run.own or name == mean] or names
    edges = [x for name in framed for x in run.numbers[name, metric][:3] if not math.isnan(x)]
    low, high = min(edges), max(edges)
    margin = 0.06 * (high - low) or 0.01
    axes.set_xlim(low - margin, high + margin)
    if mean is not None:
        axes.axvline(run.numbers[mean, metric].mean, color=REFERENCE, linewidth=0.8, linestyle=":")
    for row, name in enumerate(names):
        beyond = run.numbers[name, metric].mean
        if not low - margin <= beyond <= high + margin:
            at, marker = (high + margin / 2, ">") if beyond > high else (low - margin / 2, "<")
            axes.plot(at, row, marker, color=REFERENCE, markersize=5)


def _caption(run: Run, study: Study, names: Sequence[str]) -> str:
    numbers = [run.numbers[name, KL] for name in names]
    parts = [f"Dots: means over {_count(numbers, study)}."]
    if all(math.isnan(number.low) for number in numbers):
        parts.append("Fewer than three subjects: no intervals.")
    else:
        parts.append("Lines: 95 % intervals over subjects; they are not paired and say little about differences.")
    if any(f"{name}+seeds" in {variant for variant, _ in run.numbers} for name in names):
        parts.append("Diamonds: the prediction averaged over seeds.")
    parts.append("Grey: reference rows, an arrow where one lies outside, lines cut there; dotted: the train mean.")
    return " ".join(parts)


def _count(numbers: Sequence[Number], study: Study) -> str:
    subjects, seeds = (max(n) for n in zip(*((n.n_subjects, n.n_seeds) for n in numbers), strict=True))
    return f"{counted(subjects, 'subject')} in {counted(study['n_folds'], 'fold')}, {counted(seeds, 'seed')}"
