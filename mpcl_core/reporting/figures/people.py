"""Draw for how many people the headline variant is better than the train mean: a bar for each subject, sorted."""

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figure_names import name_figure
from mpcl_core.reporting.figures.layout import BASELINE, TRUE, add_panel_grid, new_page, shorten, text_width
from mpcl_core.runs.manifest import StudyManifest

MOST_NAMES = 40
"""Number of subjects up to which each bar is named."""


def build_figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """Build ``people``, or ``people-1`` … if there are several studies.

    Args:
        run: the run.

    Yields:
        File name and figure of each study whose headline variant and train mean have scores for the same subjects.
    """
    for number, study in enumerate(run.studies, 1):
        name, mean = run.headline(study), run.mean_baseline(study)
        if name is not None and mean not in (None, name) and (figure := _figure(run, study, name, str(mean))):
            yield name_figure("people", run, number), figure


def _figure(run: Run, study: StudyManifest, name: str, mean: str) -> Figure | None:
    own, baseline = run.subject_scores(name), run.subject_scores(mean)
    if own is None or baseline is None or not own.are_subjects_known:
        return None
    if not np.array_equal(own.subjects, baseline.subjects):
        return None
    difference = own.scores[KL] - baseline.scores[KL]
    order = np.argsort(difference, kind="stable")
    figure = new_page(
        f"KL of '{shorten(name, 24)}' − KL of the train mean",
        run.name,
        study,
        "A bar a subject: below zero (blue), the variant is better for this subject. Dashed: the mean over subjects.",
        height=2.9,
        width=5.4,
    )
    names = [shorten(str(s), 12) for s in own.subjects[order]] if len(order) <= MOST_NAMES else []
    ((axes,),) = add_panel_grid(figure, 1, 1, left=0.7, below=0.1 + text_width(names) if names else 0.4)
    colours = np.where(difference[order] < 0, TRUE, BASELINE)
    axes.bar(range(len(order)), difference[order], color=list(colours), width=0.8)
    axes.axhline(0, color="#000000", linewidth=0.6)
    axes.axhline(float(difference.mean()), color="#444444", linewidth=0.8, linestyle="--")
    axes.set_ylabel("difference in KL, nats")
    axes.spines["bottom"].set_visible(False)
    if names:
        axes.set_xticks(range(len(order)), names, rotation=90)
    else:
        axes.set_xlabel(f"{len(order)} subjects, sorted")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(axis="x", length=0)
    return figure
