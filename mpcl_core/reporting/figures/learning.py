"""Learning curves: each loss and the validation KL over epochs, a line for each job."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np
from jaxtyping import Float64
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mpcl_core.reporting.figures.layout import PREDICTED, REFERENCE, TRUE, grid, page, short
from mpcl_core.runs.diagnostics import Study
from mpcl_core.runs.reader import Run

Journal = Sequence[Mapping[str, Any]]
Journals = Sequence[Journal]

A_PAGE = 6
"""Variants on a page."""

ALWAYS = ("loss", "validation_kl")
NO_LOSS = ("epoch", "of", "phase", "seconds", "together", *ALWAYS)

CAPTION = (
    "Thin: a job (seed × fold); bold: their median, while at least half of them train. Loss: the weighted sum over "
    "training rows; then each objective by itself. Validation KL in nats. Dots: the epoch that each job chose; dotted: "
    "the median of the choices. The search is shown (of several inner folds the first), not the refit; where nothing "
    "was searched, the training. Panels of a column share their axes."
)


def figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """``learning``, or ``learning-1`` … where there are more variants than a page takes."""
    pages = [
        (study, dict(found[start : start + A_PAGE]))
        for study in run.studies
        for found in [_trained(run, study)]
        for start in range(0, len(found), A_PAGE)
    ]
    for number, (study, part) in enumerate(pages, 1):
        yield "learning" if len(pages) == 1 else f"learning-{number}", _figure(run, study, part)


def _trained(run: Run, study: Study) -> list[tuple[str, Journals]]:
    found = [
        (variant, [journal for journal in run.journals(variant) if _of_network(journal)])
        for variant in study["variants"]
    ]
    return [(variant, journals) for variant, journals in found if journals]


def _of_network(journal: Journal) -> bool:
    return "epochs" in journal[-1]


def _figure(run: Run, study: Study, variants: Mapping[str, Journals]) -> Figure:
    curves = {variant: [shown(journal) for journal in journals] for variant, journals in variants.items()}
    columns = _columns(curves.values())
    figure = page("Learning curves", run.name, study, CAPTION, 1.65 + 1.15 * len(variants))
    panels = grid(figure, len(variants), len(columns))
    for row, (variant, journals) in zip(panels, variants.items(), strict=True):
        chosen = choices(journals)
        for axes, column in zip(row, columns, strict=True):
            _panel(axes, table(curves[variant], column))
            axes.axvline(float(np.median(chosen)), color=TRUE, linewidth=0.8, linestyle=":")
        if columns[-1] == "validation_kl":
            reached = table(curves[variant], "validation_kl")[np.arange(len(chosen)), chosen]
            row[-1].plot(chosen, reached, "o", color=PREDICTED, markersize=2.5)
        row[0].set_ylabel(fill(short(variant), 18))
    for axes, column in zip(panels[0], columns, strict=True):
        axes.set_title(column.replace("_kl", " KL"), loc="left")
        axes.locator_params(axis="both", nbins=4)
    for axes in panels[-1]:
        axes.set_xlabel("epoch")
        axes.locator_params(axis="x", integer=True)
    return figure


def _columns(variants: Iterable[Journals]) -> list[str]:
    names = [name for journals in variants for journal in journals for line in journal for name in line]
    objectives = [name for name in dict.fromkeys(names) if name not in NO_LOSS]
    return [
        "loss",
        *(objectives if len(objectives) > 1 else []),
        *(["validation_kl"] if "validation_kl" in names else []),
    ]


def _panel(axes: Axes, values: Float64[np.ndarray, "jobs epochs"]) -> None:
    if np.isnan(values).all():
        axes.set_facecolor("#f4f4f4")
        return
    epochs = np.arange(values.shape[1])
    axes.plot(epochs, values.T, color=REFERENCE, linewidth=0.5, alpha=0.6, rasterized=values.size > 200)
    middle = median(values)
    alone = "o" if (~np.isnan(middle)).sum() == 1 else ""  # of one epoch there is no line
    axes.plot(epochs, middle, color=TRUE, linewidth=1.4, marker=alone, markersize=3)


def table(journals: Journals, name: str) -> Float64[np.ndarray, "jobs epochs"]:
    """A value of each job at each epoch, from epoch 0; NaN where it has none."""
    values = np.full((len(journals), 1 + max(line["epoch"] for journal in journals for line in journal)), np.nan)
    for row, journal in zip(values, journals, strict=True):
        for line in journal:
            row[line["epoch"]] = line.get(name, np.nan)
    return values


def median(values: Float64[np.ndarray, "jobs epochs"]) -> Float64[np.ndarray, "epochs"]:
    """Of the jobs at each epoch; NaN where fewer than half of them still train."""
    enough = (~np.isnan(values)).sum(0) * 2 >= len(values)
    middle = np.full(values.shape[1], np.nan)
    middle[enough] = np.nanmedian(values[:, enough], axis=0)
    return middle


def shown(journal: Journal) -> Journal:
    """The epochs of the search; of the training, where nothing was searched."""
    search = [line for line in journal if line["phase"] == "search"]
    return search or [line for line in journal if line["phase"] == "refit"]


def choices(journals: Journals) -> list[int]:
    """The number of epochs that each job chose."""
    return [journal[-1]["epochs"] for journal in journals]
