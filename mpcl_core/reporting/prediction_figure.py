"""Draw predicted distributions over time: a panel for each emotion, with its error bars."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.interfaces.suggestions import list_names
from mpcl_core.runs.atomic_files import write_atomically

SUFFIXES = (".svg", ".png", ".pdf")
"""The kinds of files."""

COLUMNS = 5
"""Panels beside each other, at most."""

UNITS = (("hours", 3600.0), ("minutes", 60.0), ("seconds", 1.0))
"""Units of time; the first of which a recording has three or more is taken."""

MOST_SEPARATED = 20
"""Recordings between which lines are drawn, at most."""

MOST_NAMES = 8
"""Number of recordings up to which each is named."""


@dataclass(frozen=True)
class Trace:
    """Hold the predictions of one recording.

    Args:
        name: its subject and trial.
        time: (n,) the middle of each window in seconds.
        D_pred: (n, k) distributions.
        low, high: (n, k) the ends of the error bars; None where there are none.
    """

    name: str
    time: Float64[np.ndarray, "n"]
    D_pred: Float64[np.ndarray, "n k"]
    low: Float64[np.ndarray, "n k"] | None = None
    high: Float64[np.ndarray, "n k"] | None = None


def check_figure_file(path: Path) -> None:
    """Raise an error unless a figure can be written to a file of this name.

    Args:
        path: the file.

    Raises:
        UsageError: its suffix is not known.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path} has the suffix '{path.suffix}', but figures are {', '.join(SUFFIXES)}")


def write_prediction_figure(path: Path, traces: Sequence[Trace], labels: Sequence[str], caption: str) -> None:
    """Write the figure.

    Args:
        path: the file: ``.svg``, ``.png`` or ``.pdf``.
        traces: the recordings, which are drawn one after the other.
        labels: the names of the k emotions.
        caption: what the error bars state.

    Raises:
        UsageError: the suffix is not known.
        OSError: the file cannot be written.
    """
    check_figure_file(path)
    from matplotlib import rc_context, rcdefaults, rcParams

    from mpcl_core.reporting.figures.layout import STYLE

    with rc_context():
        rcdefaults()
        rcParams.update(STYLE)
        path.parent.mkdir(parents=True, exist_ok=True)
        kind, content = path.suffix.lower().removeprefix("."), BytesIO()
        metadata: dict[str, None] = {"Date": None} if kind == "svg" else {}
        build_figure(traces, labels, caption).savefig(content, format=kind, dpi=200, metadata=metadata)
        write_atomically(path, content.getvalue())


def build_figure(traces: Sequence[Trace], labels: Sequence[str], caption: str) -> Any:
    """Draw predictions with a panel for each emotion.

    Args:
        traces, labels, caption: as for `write_prediction_figure`.

    Returns:
        The figure.
    """
    import textwrap

    from matplotlib.figure import Figure

    from mpcl_core.reporting.figures.layout import BASELINE, TRUE, WIDTH, shorten

    columns = min(COLUMNS, len(labels))
    rows = -(-len(labels) // columns)
    figure = Figure(figsize=(WIDTH, 1.0 + 1.25 * rows), layout="constrained")
    names = list_names([trace.name for trace in traces], 3)
    figure.suptitle(f"Predicted share of each emotion\n{shorten(names, 90)}", x=0.01, ha="left", fontsize=9)
    figure.supxlabel(textwrap.fill(caption, int(18 * WIDTH)), x=0.01, ha="left", fontsize=7, color="#444444")
    unit, seconds = _time_unit(traces)
    traces = [replace(trace, time=trace.time / seconds) for trace in traces]
    starts, ends = _places(traces)
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for number, axes in enumerate(panels.flat):
        if number >= len(labels):
            axes.set_visible(False)
            continue
        axes.set_title(shorten(labels[number], 22), loc="left", pad=2)
        for start, trace in zip(starts, traces, strict=True):
            _draw(axes, start + trace.time - _begin(trace), trace, number, TRUE)
        for end in ends[:-1] if len(ends) <= MOST_SEPARATED else ():
            axes.axvline(end, color=BASELINE, linewidth=0.5)
        if number >= len(labels) - columns:
            axes.tick_params(labelbottom=True)
            _name_times(axes, traces, starts, ends, unit)
    panels[0][0].set_ylabel("share")
    panels[0][0].set_ylim(bottom=0)  # last, since it fixes the top of all panels
    return figure


def _draw(axes: Any, time: Float64[np.ndarray, "n"], trace: Trace, number: int, colour: str) -> None:
    share = trace.D_pred[:, number]
    if len(time) == 1:
        axes.plot(time, share, "o", color=colour, markersize=3)
        if trace.low is not None and trace.high is not None:
            axes.vlines(time, trace.low[:, number], trace.high[:, number], color=colour, linewidth=1, alpha=0.6)
        return
    axes.plot(time, share, color=colour, linewidth=1)
    if trace.low is not None and trace.high is not None:
        axes.fill_between(time, trace.low[:, number], trace.high[:, number], color=colour, alpha=0.18, linewidth=0)


def _time_unit(traces: Sequence[Trace]) -> tuple[str, float]:
    """Choose the unit in which the time is easy to read.

    Returns:
        Its name, and how many seconds it has.
    """
    longest = max(float(trace.time.max()) for trace in traces)
    return next((unit for unit in UNITS if longest >= 3 * unit[1]), UNITS[-1])


def _name_times(axes: Any, traces: Sequence[Trace], starts: Sequence[float], ends: Sequence[float], unit: str) -> None:
    if len(traces) == 1:
        axes.set_xlabel(unit)
    elif len(traces) <= MOST_NAMES:
        middles = [(start + end) / 2 for start, end in zip(starts, ends, strict=True)]
        axes.set_xticks(middles, [trace.name[-12:] for trace in traces], rotation=90)
        axes.tick_params(axis="x", length=0)
    else:
        axes.set_xlabel(f"{len(traces)} recordings, {unit}")


def _begin(trace: Trace) -> float:
    return float(trace.time.min())


def _places(traces: Sequence[Trace]) -> tuple[list[float], list[float]]:
    """Return where each recording begins and ends on the time axis: one after the other.

    Returns:
        Starts and ends in the unit of the times; a single recording has its own times.
    """
    if len(traces) == 1:
        return [_begin(traces[0])], [float(traces[0].time.max())]
    mean = sum(float(np.ptp(trace.time)) for trace in traces) / len(traces)
    gap = 0.05 * mean or 1.0
    starts, ends, at = [], [], 0.0
    for trace in traces:
        starts.append(at)
        at += float(np.ptp(trace.time)) + gap
        ends.append(at - gap / 2)
    return starts, ends
