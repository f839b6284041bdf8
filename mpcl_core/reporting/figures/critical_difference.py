"""Draw critical-difference diagrams (Demšar, J. Mach. Learn. Res. 7, 2006).

A diagram shows average ranks, and bars that join the variants between which Nemenyi's test finds no significant
difference. There is a figure for each group of comparable variants.
"""

from collections.abc import Iterator

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mpcl_core.evaluation.groups import Group
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.statistics.ranks import ALPHA, Ranks, undistinguished
from mpcl_core.reporting.figures.layout import BASELINE, STAMP, TRUE, add_panel_grid, new_page, shorten
from mpcl_core.reporting.number_format import state_p

BAR, LINE = 0.45, 0.9
"""Vertical distance between bars and between names, in units of the y axis."""


def build_figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """Build ``critical_difference``, or ``critical_difference-1`` … if several groups are comparable.

    Args:
        run: the run.

    Yields:
        File name and figure of each group with at least three variants and five subjects.
    """
    found = [(comparison.group, ranks) for comparison in run.comparisons if (ranks := comparison.ranks)]
    for number, (group, ranks) in enumerate(found, 1):
        name = "critical_difference"
        yield name if len(found) == 1 else f"{name}-{number}", _figure(run, group, ranks)


def _figure(run: Run, group: Group, ranks: Ranks) -> Figure:
    bars = undistinguished(ranks)
    top = BAR * len(bars) + 0.4
    bottom = top + LINE * ((len(ranks.variants) + 1) // 2 - 1)
    figure = new_page("Average ranks by KL", run.name, group.studies[0][1], _caption(ranks), 1.75 + 0.26 * bottom)
    ((axes,),) = add_panel_grid(figure, 1, 1, left=0.1, below=0.0)
    k, own = len(ranks.variants), {entry.name for entry in group.variants if not entry.is_baseline}
    margin = 0.42 * (k - 1)
    axes.set_xlim(1 - margin, k + margin)
    axes.set_ylim(bottom + 0.4, -2.2)
    axes.set_axis_off()
    _draw_axis(axes, k, ranks.critical)
    for level, names in enumerate(bars):
        ends = [ranks.average[ranks.variants.index(name)] for name in (names[0], names[-1])]
        axes.hlines(BAR * (level + 0.8), ends[0] - 0.05, ends[1] + 0.05, color=STAMP, linewidth=3)
    for position, name in enumerate(ranks.variants):
        _draw_name(axes, position, name, ranks, top, TRUE if name in own else BASELINE)
    return figure


def _draw_axis(axes: Axes, k: int, critical: float) -> None:
    axes.hlines(0, 1, k, color="black", linewidth=0.8)
    for rank in range(1, k + 1):
        axes.vlines(rank, -0.2, 0, color="black", linewidth=0.8)
        axes.text(rank, -0.3, str(rank), ha="center", va="bottom", fontsize=7)
    axes.plot([1, 1 + critical], [-1.5, -1.5], "|-", color="black", linewidth=1, markersize=5)
    axes.text(1 + critical / 2, -1.6, f"critical difference {critical:.2f}", ha="center", va="bottom", fontsize=7)
    axes.text(1 - 0.04 * k, 0, "best", ha="right", va="center", fontsize=7)
    axes.text(k + 0.04 * k, 0, "worst", ha="left", va="center", fontsize=7)


def _draw_name(axes: Axes, position: int, name: str, ranks: Ranks, top: float, colour: str) -> None:
    """Write a name beside the axis, the better half on the left, and join it to its rank by a line."""
    k, rank = len(ranks.variants), float(ranks.average[position])
    left = position < (k + 1) // 2
    y = top + LINE * (position if left else k - 1 - position)
    edge = 1 - 0.06 * k if left else k + 0.06 * k
    axes.plot([rank, rank, edge], [0, y, y], color=colour, linewidth=0.8)
    text = f"{shorten(name, 24)}  {rank:.2f}" if left else f"{rank:.2f}  {shorten(name, 24)}"
    axes.text(edge + (-0.01 if left else 0.01) * k, y, text, ha="right" if left else "left", va="center")


def _caption(ranks: Ranks) -> str:
    parts = [
        f"Ranks within each of {ranks.n_subjects} subjects (1 is best), averaged over subjects; a subject's KL is the "
        "mean over its windows and over seeds.",
        f"Friedman test: χ² = {ranks.statistic:.1f}, {state_p(ranks.p)}.",
    ]
    if ranks.p < ALPHA:
        parts.append("Bars join variants without a significant difference (Nemenyi, .05).")
    else:
        parts.append("The Friedman test finds no difference between the variants, so one bar joins all of them.")
    return " ".join([*parts, "Grey lines: baselines."])
