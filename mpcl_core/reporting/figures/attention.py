"""What a stream's primary modality reads from the others, scale by scale, and how spread that is."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mpcl_core.reporting.figures.layout import SEVERAL, heatmap, page
from mpcl_core.runs.diagnostics import SampleVariant
from mpcl_core.runs.reader import Run

Maps = Mapping[str, np.ndarray]


def figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """``attention-<stream>`` of the variant that is shown, for fusions that attend at several scales."""
    shown = run.shown
    found: dict[str, dict[str, np.ndarray]] = {}
    for key, values in shown.diagnostics.items() if shown else ():
        stream, is_attention, modality = key.removeprefix("streams.").partition(".fusion.attention.")
        if is_attention and values.ndim == 4:
            found.setdefault(stream, {})[modality] = values
    for stream, maps in found.items():
        if shown is not None:
            yield f"attention-{stream}", _figure(run, shown, stream, maps)


def _figure(run: Run, shown: SampleVariant, stream: str, maps: Maps) -> Figure:
    fusion = run.resolved(shown.variant)["streams"][stream]["fusion"]
    n_scales = next(iter(maps.values())).shape[1]
    scales = _scales(shown.diagnostics.get(f"streams.{stream}.fusion.betas"), n_scales)
    caption = (
        f"Attention of the tokens of {fusion.get('primary', 'the primary modality')} (rows) over those of another "
        f"modality (columns), relative to even attention, mean over {len(shown.D)} test rows of {shown.job}. "
        "Right: mean entropy of a token's attention; 1 is even, 0 a single token."
    )
    heading = f"Attention by scale: {stream}"
    figure = page(heading, shown.title, shown.study, caption, 1.4 + 1.5 * max(len(maps), 1.3))
    left, right = figure.subfigures(1, 2, width_ratios=[n_scales + 0.6, 1.5], squeeze=False)[0]
    grid = left.subplots(len(maps), n_scales, squeeze=False)
    joint = fusion.get("memory") == "joint"
    n_tokens = {name: values.shape[-1] for name, values in maps.items()}
    for row, (modality, values) in zip(grid, maps.items(), strict=True):
        even = 1 / (sum(n_tokens.values()) if joint else n_tokens[modality])
        _row(row.tolist(), modality, values.mean(0) / even)
    for axes, scale in zip(grid[0], scales, strict=True):
        axes.set_title(scale, loc="left")
    _entropies(right.subplots(), maps, scales)
    return figure


def _row(row: list[Axes], modality: str, relative: Float[np.ndarray, "s c n"]) -> None:
    for axes, matrix in zip(row, relative, strict=True):
        image = heatmap(axes, matrix, (0.0, float(relative.max())), "cividis", aspect="auto")
        axes.set_xticks([])
        axes.set_yticks([])
    row[0].set_ylabel(modality)
    row[0].figure.colorbar(image, ax=row, aspect=10, label="× even")


def _entropies(axes: Axes, maps: Maps, scales: Sequence[str]) -> None:
    for (modality, values), colour in zip(maps.items(), SEVERAL * len(maps), strict=False):
        axes.plot(entropy(values), "o-", color=colour, markersize=4, linewidth=1, label=modality)
    axes.set_xticks(range(len(scales)), scales, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_xlim(-0.3, len(scales) - 0.7)
    axes.set_ylim(-0.03, 1.03)
    axes.set_ylabel("entropy / its maximum")
    axes.legend()


def entropy(attention: Float[np.ndarray, "b s c n"]) -> Float[np.ndarray, "s"]:
    """Mean entropy of each scale's attention, over its maximum log n; NaN where there is one token to attend to.

    Attention that other modalities share (a joint memory) is taken relative to what this one gets.
    """
    n, p = attention.shape[-1], attention.astype(np.float64)
    total = p.sum(-1, keepdims=True)
    p = np.divide(p, total, out=np.ones_like(p), where=total > 0)
    nats = -(p * np.log(np.where(p > 0, p, 1.0))).sum(-1)
    attended = (total[..., 0] > 0).sum((0, 2))
    most = np.where((attended > 0) & (n > 1), attended * np.log(n), np.nan)
    shares: np.ndarray = nats.sum((0, 2)) / most
    return shares


def _scales(betas: Float[np.ndarray, "s"] | None, n: int) -> list[str]:
    return [f"scale {i}" for i in range(1, n + 1)] if betas is None else [f"β = {beta:.3g}" for beta in betas]
