"""Draw how similar the prototypes of a bank are to each other, for every stream that has a bank."""

from collections.abc import Iterator, Mapping

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures.layout import (
    BAR,
    SQUARES,
    add_colour_bar,
    add_panel_grid,
    draw_heatmap,
    name_axis,
    new_page,
    text_width,
)
from mpcl_core.runs.diagnostics import DrawnVariant


def build_figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """Build the figure ``prototypes`` of the sample variant.

    Args:
        run: the run.

    Yields:
        File name and figure; nothing if the variant has no prototypes.
    """
    sample = run.drawn_variant
    banks = (
        {key.split(".")[1]: M for key, M in sample.diagnostics.items() if key.endswith(".prototypes")} if sample else {}
    )
    if sample is None or not banks:
        return
    cosines = {stream: cosine_matrix(M) for stream, M in banks.items()}
    limit = _choose_limit(list(cosines.values()))
    caption = _caption(sample, banks, cosines)
    figure = new_page("Similarity of prototypes", sample.title, sample.study, caption, SQUARES)
    names = text_width(sample.labels)
    (panels,) = add_panel_grid(figure, 1, len(banks), left=0.15 + names, right=BAR, below=0.1 + names, gaps=(0.15, 0))
    for axes, (stream, matrix) in zip(panels, cosines.items(), strict=True):
        per_emotion = banks[stream].shape[1]
        image = draw_heatmap(axes, matrix, (-limit, limit), "RdBu_r", "equal" if len(banks) > 1 else "auto")
        positions = [per_emotion * k + (per_emotion - 1) / 2 for k in range(len(sample.labels))]
        _separate_emotions(axes, per_emotion, len(matrix))
        axes.set_title(stream, loc="left")
        name_axis(axes.xaxis, sample.labels, positions)
        name_axis(axes.yaxis, sample.labels if axes is panels[0] else [], positions if axes is panels[0] else [])
    add_colour_bar(figure, image, panels, "cosine")
    yield "prototypes", figure


def cosine_matrix(M: Float[np.ndarray, "k m d"]) -> Float[np.ndarray, "p p"]:
    """Compute the cosine between each pair of prototypes.

    Args:
        M: m prototypes of each of k emotions.

    Returns:
        Cosines of the p = k·m prototypes, those of an emotion side by side; NaN on the diagonal and for zero vectors.
    """
    flat = M.reshape(-1, M.shape[-1]).astype(np.float64)
    length = np.linalg.norm(flat, axis=-1, keepdims=True)
    unit = flat / np.where(length > 0, length, np.nan)
    matrix = unit @ unit.T
    np.fill_diagonal(matrix, np.nan)
    return np.asarray(matrix)


def correlate_pairs(a: Float[np.ndarray, "p p"], b: Float[np.ndarray, "p p"]) -> float:
    """Correlate two matrices over the pairs of prototypes.

    Args:
        a, b: cosines of the prototypes in two streams.

    Returns:
        Pearson's correlation above the diagonal; NaN if either matrix is constant there.
    """
    upper = np.triu_indices(len(a), 1)
    x, y = a[upper] - a[upper].mean(), b[upper] - b[upper].mean()
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 0 else float("nan")


def _separate_emotions(axes: Axes, per_emotion: int, n: int) -> None:
    for edge in range(per_emotion, n, per_emotion) if per_emotion > 1 else ():
        axes.axvline(edge - 0.5, color="white", linewidth=0.8)
        axes.axhline(edge - 0.5, color="white", linewidth=0.8)


def _choose_limit(matrices: list[np.ndarray]) -> float:
    largest = max((float(np.abs(m[~np.isnan(m)]).max(initial=0.0)) for m in matrices), default=1.0)
    return next((step for step in (0.1, 0.25, 0.5) if largest <= step), 1.0)


def _caption(sample: DrawnVariant, banks: Mapping[str, np.ndarray], cosines: Mapping[str, np.ndarray]) -> str:
    parts = [f"Cosine between each pair of prototypes, as learned by {sample.job}. Grey: the diagonal."]
    if (most := max(M.shape[1] for M in banks.values())) > 1:
        parts.append(f"Up to {most} prototypes of an emotion stand side by side.")
    matrices = list(cosines.values())
    if len(matrices) == 2 and matrices[0].shape == matrices[1].shape:
        r = correlate_pairs(*matrices)
        parts.append(f"Over pairs of prototypes, the cosines of the two banks correlate at {r:.2f}." if r == r else "")
    return " ".join(parts).strip()
