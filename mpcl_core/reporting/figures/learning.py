"""Draw learning curves: each loss and the validation KL over epochs, a line for each job."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np
from jaxtyping import Float64
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures.layout import BASELINE, PREDICTED, TRUE, add_panel_grid, new_page, shorten
from mpcl_core.runs.manifest import StudyManifest

Journal = Sequence[Mapping[str, Any]]
Journals = Sequence[Journal]

VARIANTS_PER_PAGE = 6

MOST_VALUES = 1000
"""Values of a panel up to which the lines of its jobs are vectors: with more, an image makes a smaller file."""

ALWAYS = ("loss", "validation_kl")
NO_LOSS = ("epoch", "of", "phase", "seconds", "cohort", *ALWAYS)
"""Values of a journal line that are no objective's loss."""

CAPTION = (
    "Thin lines: jobs (seed × fold); bold line: their median, as long as at least half of them train. Loss: the "
    "weighted sum over the training windows; then each objective without its weight, which may be 0. Grey panel: the "
    "variant lacks the objective. Dotted line: the median number of epochs. Panels of a column share their axes."
)
SEARCH_CAPTION = (
    "Validation KL in nats. Dots: the number of epochs that each job chose. The epoch search is shown (the first inner "
    "fold if there are several), not the refit; without a search, the training is shown."
)


def build_figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """Build ``learning``, or ``learning-1`` … if there is more than one page.

    Args:
        run: the run.

    Yields:
        File name and figure of each page; nothing if no network was trained.
    """
    pages = [
        (study, dict(found[start : start + VARIANTS_PER_PAGE]))
        for study in run.studies
        for found in [_find_journals(run, study)]
        for start in range(0, len(found), VARIANTS_PER_PAGE)
    ]
    for number, (study, part) in enumerate(pages, 1):
        yield "learning" if len(pages) == 1 else f"learning-{number}", _figure(run, study, part)


def _find_journals(run: Run, study: StudyManifest) -> list[tuple[str, Journals]]:
    found = [
        (variant, [journal for journal in run.journals(variant) if _is_of_network(journal)])
        for variant in study.variants
    ]
    return [(variant, journals) for variant, journals in found if journals]


def _is_of_network(journal: Journal) -> bool:
    return "epochs" in journal[-1]


def _figure(run: Run, study: StudyManifest, variants: Mapping[str, Journals]) -> Figure:
    curves = {variant: [select_epochs(journal) for journal in journals] for variant, journals in variants.items()}
    columns = _list_columns(curves.values())
    caption = f"{CAPTION} {SEARCH_CAPTION}" if columns[-1] == "validation_kl" else CAPTION
    figure = new_page("Learning curves", run.name, study, caption, 1.65 + 1.15 * len(variants))
    panels = add_panel_grid(
        figure, len(variants), len(columns), left=0.75, below=0.4, gaps=(0.32, 0.18), sharex=True, sharey="col"
    )
    for axes in (axes for row in panels for axes in row):
        axes.tick_params(labelsize=6)
    for row, (variant, journals) in zip(panels, variants.items(), strict=True):
        chosen = list_epoch_choices(journals)
        for axes, column in zip(row, columns, strict=True):
            _draw_panel(axes, tabulate(curves[variant], column))
            axes.axvline(float(np.median(chosen)), color=TRUE, linewidth=0.8, linestyle=":")
        if columns[-1] == "validation_kl":
            reached = tabulate(curves[variant], "validation_kl")[np.arange(len(chosen)), chosen]
            row[-1].plot(chosen, reached, "o", color=PREDICTED, markersize=2.5)
        row[0].set_ylabel(fill(shorten(variant), 18))
    for axes, column in zip(panels[0], columns, strict=True):
        axes.set_title(column.replace("_kl", " KL"), loc="left")
        axes.locator_params(axis="both", nbins=4)
    for axes in panels[-1]:
        axes.set_xlabel("epoch")
        axes.locator_params(axis="x", integer=True)
    return figure


def _list_columns(variants: Iterable[Journals]) -> list[str]:
    names = [name for journals in variants for journal in journals for line in journal for name in line]
    objectives = [name for name in dict.fromkeys(names) if name not in NO_LOSS]
    return [
        "loss",
        *(objectives if len(objectives) > 1 else []),
        *(["validation_kl"] if "validation_kl" in names else []),
    ]


def _draw_panel(axes: Axes, values: Float64[np.ndarray, "J E"]) -> None:
    if np.isnan(values).all():
        axes.set_facecolor("#f4f4f4")
        return
    epochs = np.arange(values.shape[1])
    axes.plot(epochs, values.T, color=BASELINE, linewidth=0.5, alpha=0.6, rasterized=values.size > MOST_VALUES)
    middle = median_over_jobs(values)
    marker = "o" if (~np.isnan(middle)).sum() == 1 else ""  # a single epoch gives no line
    axes.plot(epochs, middle, color=TRUE, linewidth=1.4, marker=marker, markersize=3)


def tabulate(journals: Journals, name: str) -> Float64[np.ndarray, "J E"]:
    """Arrange one value of the journals by job and epoch.

    Args:
        journals: the lines of each job.
        name: name of the value.

    Returns:
        The values from epoch 0; NaN where a job has none.
    """
    values = np.full((len(journals), 1 + max(line["epoch"] for journal in journals for line in journal)), np.nan)
    for row, journal in zip(values, journals, strict=True):
        for line in journal:
            row[line["epoch"]] = line.get(name, np.nan)
    return values


def median_over_jobs(values: Float64[np.ndarray, "J E"]) -> Float64[np.ndarray, "E"]:
    """Compute the median over jobs at each epoch.

    Args:
        values: NaN where a job does not train any more.

    Returns:
        The medians; NaN where fewer than half of the jobs still train.
    """
    enough = (~np.isnan(values)).sum(0) * 2 >= len(values)
    middle = np.full(values.shape[1], np.nan)
    middle[enough] = np.nanmedian(values[:, enough], axis=0)
    return middle


def select_epochs(journal: Journal) -> Journal:
    """Select the lines of the epoch search, or of the training if there was no search.

    Args:
        journal: the lines of a job.

    Returns:
        A line for each epoch.
    """
    search = [line for line in journal if line["phase"] == "search"]
    return search or [line for line in journal if line["phase"] == "refit"]


def list_epoch_choices(journals: Journals) -> list[int]:
    """List the number of epochs that each job chose.

    Args:
        journals: the lines of each job.

    Returns:
        A number for each job.
    """
    return [journal[-1]["epochs"] for journal in journals]
