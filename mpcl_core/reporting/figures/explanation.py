"""Draw what explains the predictions of a model: modalities, parts of the window, and prototypes."""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float
from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from mpcl_core.reporting.figures.layout import PREDICTED, STYLE, TRUE, WIDTH, draw_heatmap, name_axis

CAPTION = (
    "Modality: how the shares of the emotions change with it, mean over {n} windows; red: it raises the share. "
    "Part of the window: the share of the distribution that moves when this part of every signal is replaced by its "
    "mean; line: mean, band: middle half of the windows. Prototypes: mean weight of those of each emotion."
)


def draw_explanation(
    labels: Sequence[str],
    by_modality: Mapping[str, Float[np.ndarray, "N k"]],
    by_time: Float[np.ndarray, "N s k"],
    prototypes: Mapping[str, Float[np.ndarray, "N k m"]],
    file: Path,
) -> None:
    """Write the figure of an explanation as SVG.

    Args:
        labels: the names of the k emotions.
        by_modality: modality -> (N, k) the prediction less that without the modality.
        by_time: (N, s, k) the prediction less that without a part of the window; s may be 0.
        prototypes: stream -> (N, k, m) weights; may be empty.
        file: the file.

    Raises:
        OSError: the file cannot be written.
    """
    with rc_context():
        import matplotlib as mpl

        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        figure = build_figure(labels, by_modality, by_time, prototypes)
        FigureCanvasSVG(figure).print_svg(file, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]


def build_figure(
    labels: Sequence[str],
    by_modality: Mapping[str, Float[np.ndarray, "N k"]],
    by_time: Float[np.ndarray, "N s k"],
    prototypes: Mapping[str, Float[np.ndarray, "N k m"]],
) -> Figure:
    """Build the figure of an explanation; arguments as for `draw_explanation`.

    Args:
        labels, by_modality, by_time, prototypes: as for `draw_explanation`.

    Returns:
        The figure, with a panel for each part that there is.
    """
    has_parts, has_prototypes = by_time.shape[1] > 0, bool(prototypes)
    figure = Figure(figsize=(WIDTH, 3.2), layout="constrained")
    figure.suptitle("What the predictions rest on", x=0.01, ha="left", fontsize=9)
    caption = textwrap.fill(CAPTION.format(n=len(by_time)), int(18 * WIDTH))
    figure.supxlabel(caption, x=0.01, ha="left", fontsize=7, color="#444444")
    panels = figure.subplots(1, 1 + has_parts + has_prototypes, squeeze=False)[0].tolist()
    change = np.array([values.mean(0) for values in by_modality.values()])
    largest = float(np.abs(change).max()) or 1.0
    axes = panels.pop(0)
    image = draw_heatmap(axes, change.T, (-largest, largest), "RdBu_r", "auto")
    name_axis(axes.xaxis, list(by_modality))
    name_axis(axes.yaxis, labels)
    axes.set_title("modality", loc="left")
    figure.colorbar(image, ax=axes, shrink=0.8, label="change of the share")
    if has_parts:
        axes, moved = panels.pop(0), np.abs(by_time).sum(2) / 2
        middle = (np.arange(by_time.shape[1]) + 0.5) / by_time.shape[1]
        low, high = np.quantile(moved, [0.25, 0.75], axis=0)
        axes.fill_between(middle, low, high, color=TRUE, alpha=0.2, linewidth=0)
        axes.plot(middle, moved.mean(0), "o-", color=TRUE, markersize=3, linewidth=1)
        axes.set(xlim=(0, 1), ylim=(0, None), xlabel="position in the window", ylabel="share that moves")
        axes.set_title("part of the window", loc="left")
    if has_prototypes:
        axes = panels.pop(0)
        weights = [values.sum(2).mean(0) for values in prototypes.values()]
        height = 0.8 / len(weights)
        for number, (stream, weight) in enumerate(zip(prototypes, weights, strict=True)):
            place = np.arange(len(labels)) + (number - (len(weights) - 1) / 2) * height
            axes.barh(place, weight, height, label=stream, color=(TRUE, PREDICTED, "#009E73", "#CC79A7")[number % 4])
        name_axis(axes.yaxis, labels)
        axes.invert_yaxis()
        axes.set_xlabel("weight")
        axes.set_title("prototypes", loc="left")
        axes.legend(loc="best")
    return figure
