"""Draw the KL of networks that are tested with missing modalities: each subset, and modalities missing at random."""

import math
from collections.abc import Iterable, Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.robustness import ConditionScore
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures.layout import BASELINE, SEVERAL, new_page, shorten
from mpcl_core.reporting.number_format import format_count
from mpcl_core.runs.manifest import StudyManifest


def build_figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """Build ``robustness``, or ``robustness-1`` … if there are several studies.

    Args:
        run: the run.

    Yields:
        File name and figure of each study, with its first six tested variants.
    """
    points = _kl_scores(run)
    for number, study in enumerate(run.studies, 1):
        names = [name for name in study.variants if name in points][: len(SEVERAL)]
        if names:
            figure = _figure(run, study, {name: points[name] for name in names})
            yield "robustness" if len(run.studies) == 1 else f"robustness-{number}", figure


def _kl_scores(run: Run) -> dict[str, list[ConditionScore]]:
    found: dict[str, list[ConditionScore]] = {}
    for score in run.robustness:
        if score.metric == KL:
            found.setdefault(score.variant, []).append(score)
    return found


def _figure(run: Run, study: StudyManifest, points: dict[str, list[ConditionScore]]) -> Figure:
    subsets = {name: [p for p in mine if p.kind in ("all", "subset")] for name, mine in points.items()}
    rates = {name: [p for p in mine if p.kind in ("all", "missing")] for name, mine in points.items()}
    parts = [len(next(iter(subsets.values()))) > 1, len(next(iter(rates.values()))) > 1]
    rows = list(dict.fromkeys(p.modalities for mine in subsets.values() for p in mine))
    height = 1.9 + max(1.7, (0.11 + 0.1 * len(points)) * len(rows) * parts[0])
    figure = new_page("Missing modalities at test", run.name, study, _caption(study, points, parts), height)
    panels = iter(figure.subplots(1, sum(parts), squeeze=False, width_ratios=[3, 2][: sum(parts)])[0])
    if parts[0]:
        _draw_subsets(next(panels), subsets, rows)
    if parts[1]:
        _draw_rates(next(panels), rates)
    _draw_legend(figure.axes[0], points)
    for axes in figure.axes:
        _draw_train_mean(axes, points, vertical=parts[0] and axes is figure.axes[0])
    return figure


def _draw_subsets(axes: Axes, points: dict[str, list[ConditionScore]], rows: Sequence[str]) -> None:
    for index, (colour, mine) in enumerate(zip(SEVERAL, points.values(), strict=False)):
        shift = (index - (len(points) - 1) / 2) * 0.7 / len(points)
        for point in mine:
            row = rows.index(point.modalities) + shift
            axes.hlines(row, point.low, point.high, color=colour, linewidth=0.8, alpha=0.6)
            axes.plot(point.mean, row, "o", color=colour, markersize=3.5)
            share = "–" if math.isnan(point.relative) else f"{point.relative:.2f}"
            axes.annotate(share, (1.02, row), xycoords=("axes fraction", "data"), va="center", fontsize=6, color=colour)
    axes.annotate("R", (1.02, -0.8), xycoords=("axes fraction", "data"), va="center", fontsize=7)
    axes.set_yticks(range(len(rows)), [shorten(name.replace("+", " + ")) for name in rows])
    axes.set_ylim(len(rows) - 0.4, -1.1)
    axes.set_xlabel("KL, nats (lower is better)")
    axes.set_ylabel("available modalities")
    axes.locator_params(axis="x", nbins=5)


def _draw_rates(axes: Axes, points: dict[str, list[ConditionScore]]) -> None:
    for index, (colour, mine) in enumerate(zip(SEVERAL, points.values(), strict=False)):
        mine = sorted(mine, key=lambda point: point.rate)
        at = [100 * point.rate + 0.8 * (index - (len(points) - 1) / 2) for point in mine]
        axes.plot(at, [point.mean for point in mine], "o-", color=colour, markersize=3.5, linewidth=1)
        axes.vlines(at, [p.low for p in mine], [p.high for p in mine], color=colour, linewidth=0.8, alpha=0.6)
    axes.set_xlabel("modalities missing at random, %")
    axes.set_ylabel("KL, nats")


def _draw_legend(axes: Axes, names: Iterable[str]) -> None:
    colours = dict(zip(names, SEVERAL, strict=False))
    handles = [axes.plot([], [], "o-", color=colour, markersize=3.5)[0] for colour in colours.values()]
    axes.legend(handles, [shorten(name) for name in colours], loc="lower left", bbox_to_anchor=(0, 1), ncols=3)


def _draw_train_mean(axes: Axes, points: dict[str, list[ConditionScore]], vertical: bool) -> None:
    means = [point.mean for mine in points.values() for point in mine if point.kind == "train_mean"]
    for mean in means[:1]:
        (axes.axvline if vertical else axes.axhline)(mean, color=BASELINE, linewidth=0.8, linestyle=":")


def _caption(study: StudyManifest, points: dict[str, list[ConditionScore]], parts: Sequence[bool]) -> str:
    subjects = max(point.n_subjects for mine in points.values() for point in mine)
    over = f"{format_count(subjects, 'subject')} in {format_count(study.n_folds, 'fold')}"
    text = f"Dots: means over {over}; lines: 95 % intervals over subjects. All conditions use the same trained weights."
    text += " Dotted line: the train mean."
    if parts[0]:
        text += " R: relative robustness, the share of the gain over the train mean that is kept (1: all of it, 0: none"
        text += "; –: no gain with all modalities)."
    return text
