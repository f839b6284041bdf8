"""How similar the prototypes of a bank are to each other, for every stream that has one."""

from collections.abc import Iterator, Mapping

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mpcl_core.reporting.figures.layout import SQUARES, heatmap, name_axis, page
from mpcl_core.runs.diagnostics import SampleVariant
from mpcl_core.runs.reader import Run


def figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """``prototypes`` of the variant that is shown."""
    shown = run.shown
    banks = (
        {key.split(".")[1]: M for key, M in shown.diagnostics.items() if key.endswith(".prototypes")} if shown else {}
    )
    if shown is None or not banks:
        return
    cosines = {stream: cosine(M) for stream, M in banks.items()}
    limit = _limit(list(cosines.values()))
    caption = _caption(shown, banks, cosines)
    figure = page("Similarity of prototypes", shown.title, shown.study, caption, SQUARES)
    panels = figure.subplots(1, len(banks), squeeze=False)[0]
    for axes, (stream, matrix) in zip(panels, cosines.items(), strict=True):
        per_emotion = banks[stream].shape[1]
        image = heatmap(axes, matrix, (-limit, limit), "RdBu_r", "equal" if len(banks) > 1 else "auto")
        places = [per_emotion * k + (per_emotion - 1) / 2 for k in range(len(shown.labels))]
        _separate(axes, per_emotion, len(matrix))
        axes.set_title(stream, loc="left")
        name_axis(axes.xaxis, shown.labels, places)
        name_axis(axes.yaxis, shown.labels if axes is panels[0] else [""] * len(places), places)
    figure.colorbar(image, ax=list(panels), shrink=0.7, label="cosine")
    yield "prototypes", figure


def cosine(M: Float[np.ndarray, "k m d"]) -> Float[np.ndarray, "p p"]:
    """Of each prototype to each other, those of an emotion side by side; NaN on the diagonal and where one is zero."""
    flat = M.reshape(-1, M.shape[-1]).astype(np.float64)
    length = np.linalg.norm(flat, axis=-1, keepdims=True)
    unit = flat / np.where(length > 0, length, np.nan)
    matrix = unit @ unit.T
    np.fill_diagonal(matrix, np.nan)
    return np.asarray(matrix)


def agreement(one: Float[np.ndarray, "p p"], two: Float[np.ndarray, "p p"]) -> float:
    """Correlation of two matrices over the pairs of prototypes; NaN where one does not vary."""
    upper = np.triu_indices(len(one), 1)
    x, y = one[upper] - one[upper].mean(), two[upper] - two[upper].mean()
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 0 else float("nan")


def _separate(axes: Axes, per_emotion: int, n: int) -> None:
    for edge in range(per_emotion, n, per_emotion) if per_emotion > 1 else ():
        axes.axvline(edge - 0.5, color="white", linewidth=0.8)
        axes.axhline(edge - 0.5, color="white", linewidth=0.8)


def _limit(matrices: list[np.ndarray]) -> float:
    largest = max((float(np.abs(m[~np.isnan(m)]).max(initial=0.0)) for m in matrices), default=1.0)
    return next((step for step in (0.1, 0.25, 0.5) if largest <= step), 1.0)


def _caption(shown: SampleVariant, banks: Mapping[str, np.ndarray], cosines: Mapping[str, np.ndarray]) -> str:
    parts = [f"Cosine of each prototype to each other, as learned by {shown.job}. Grey: each and itself."]
    if (most := max(M.shape[1] for M in banks.values())) > 1:
        parts.append(f"Up to {most} prototypes of an emotion stand side by side.")
    matrices = list(cosines.values())
    if len(matrices) == 2 and matrices[0].shape == matrices[1].shape:
        r = agreement(*matrices)
        parts.append(f"Over pairs of prototypes, the two banks correlate at {r:.2f}." if r == r else "")
    return " ".join(parts).strip()
