"""Draw the reliability of error bars: reached against stated coverage."""

from collections.abc import Iterator, Sequence

from matplotlib.figure import Figure

from mpcl_core.evaluation.coverage import CoverageScore
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figure_names import name_figure
from mpcl_core.reporting.figures.layout import BASELINE, SEVERAL, new_page, shorten
from mpcl_core.runs.manifest import StudyManifest


def build_figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """Build ``reliability``, or ``reliability-1`` … if there are several studies.

    Args:
        run: the run.

    Yields:
        File name and figure of each study with error bars: its first six variants, the recipe's own before baselines.
    """
    scores = {score.variant: score for score in run.coverage if score.curve}
    for number, study in enumerate(run.studies, 1):
        names = sorted((n for n in study.variants if n in scores), key=lambda name: name not in run.own_variants)
        if names:
            figure = _figure(run, study, [scores[name] for name in names[: len(SEVERAL)]])
            yield name_figure("reliability", run, number), figure


def _figure(run: Run, study: StudyManifest, scores: Sequence[CoverageScore]) -> Figure:
    people = max(score.n_subjects for score in scores)
    figure = new_page(
        "Reliability of the error bars",
        run.name,
        study,
        f"A point on the diagonal: the radius holds for as many of a new person's windows as it states; below it, for "
        f"fewer. Means over {people} tested subjects; bars at the stated coverage: 95 % intervals over subjects.",
        height=3.4,
    )
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=BASELINE, linewidth=0.8, linestyle=":")
    for index, (colour, score) in enumerate(zip(SEVERAL, scores, strict=False)):
        label = f"{shorten(score.variant, 24)}, radius {score.radius:.3f}"
        axes.plot(*zip(*score.curve, strict=True), "o-", color=colour, markersize=3.5, linewidth=1, label=label)
        axes.vlines(score.stated + 0.004 * index, score.low, score.high, color=colour, linewidth=0.8, alpha=0.7)
    lowest = min(min(*point) for score in scores for point in score.curve)
    axes.set_xlim(lowest - 0.05, 1.01)
    axes.set_ylim(lowest - 0.05, 1.01)
    axes.set_xlabel("stated coverage")
    axes.set_ylabel("reached coverage, share of windows")
    axes.legend(loc="upper left")
    return figure
