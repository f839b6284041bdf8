"""Draw the attention of a stream's primary modality over the other modalities at each scale, and its entropy.

A fusion is drawn if its diagnostics have ``attention.<modality>`` (b s c n), the attention of c tokens over the n
tokens of a modality at s scales. ``betas`` (s) name the scales, and ``gate`` () is what the retrieved is multiplied by.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures.layout import BAR, SEVERAL, add_colour_bar, add_panel_grid, draw_heatmap, new_page
from mpcl_core.runs.diagnostics import DrawnVariant

Maps = Mapping[str, np.ndarray]

ATTENTION = ".fusion.attention."
"""What stands between the stream and the modality in the names of the diagnostics."""


def build_figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """Build ``attention-<stream>`` of the first variant with attention at several scales.

    Args:
        run: the run.

    Yields:
        File name and figure of each stream that has such a fusion.
    """
    sample = run.drawn_variant_with(ATTENTION)
    found: dict[str, dict[str, np.ndarray]] = {}
    for key, values in sample.diagnostics.items() if sample else ():
        stream, is_attention, modality = key.removeprefix("streams.").partition(ATTENTION)
        if is_attention and values.ndim == 4:
            found.setdefault(stream, {})[modality] = values
    for stream, maps in found.items():
        if sample is not None:
            yield f"attention-{stream}", _figure(run, sample, stream, maps)


def _figure(run: Run, sample: DrawnVariant, stream: str, maps: Maps) -> Figure:
    resolved = run.resolved(sample.variant)["streams"][stream]
    fusion = resolved["fusion"]
    n_scales = next(iter(maps.values())).shape[1]
    scales = _name_scales(sample.diagnostics.get(f"streams.{stream}.fusion.betas"), n_scales)
    readers = " and ".join(name for name in resolved["encoders"] if name not in maps) or "the primary modality"
    gate = sample.diagnostics.get(f"streams.{stream}.fusion.gate")
    caption = (
        f"Attention of the tokens of {readers} (rows) over those of another modality (columns), relative to uniform "
        f"attention, mean over {len(sample.D)} test windows of {sample.job}. Right: mean entropy of a token's "
        "attention: a scale near 1 averages all tokens of a modality, one near 0 picks one of them. The scales differ "
        "as far as these lines fall."
        + (f" What is retrieved is multiplied by {float(gate):.2g} (the gate)." if gate is not None else "")
    )
    heading = f"Attention by scale: {stream}"
    figure = new_page(heading, sample.title, sample.study, caption, 1.4 + 1.5 * max(len(maps), 1.3))
    beside = 0.6 + 7.0 / (n_scales + 2)  # inches of the panel at the right, with its labels
    options: Any = {"left": 0.3, "right": BAR + beside, "below": 0.4, "gaps": (0.1, 0.12)}
    grid = add_panel_grid(figure, len(maps), n_scales, **options)
    joint = fusion.get("memory") == "joint"
    n_tokens = {name: values.shape[-1] for name, values in maps.items()}
    for row, (modality, values) in zip(grid, maps.items(), strict=True):
        uniform = 1 / (sum(n_tokens.values()) if joint else n_tokens[modality])
        _draw_modality(figure, row, modality, values.mean(0) / uniform)
    for axes, scale in zip(grid[0], scales, strict=True):
        axes.set_title(scale, loc="left")
    low, high, inch = grid[-1][0].get_position().y0, grid[0][0].get_position().y1, 1 / figure.get_figwidth()
    right = figure.add_axes((1 - (beside - 0.5) * inch, low, (beside - 0.6) * inch, high - low))
    _draw_entropies(right, maps, scales)
    return figure


def _draw_modality(figure: Figure, row: list[Axes], modality: str, relative: Float[np.ndarray, "s c n"]) -> None:
    for axes, matrix in zip(row, relative, strict=True):
        image = draw_heatmap(axes, matrix, (0.0, float(relative.max())), "cividis", aspect="auto")
        axes.set_xticks([])
        axes.set_yticks([])
    row[0].set_ylabel(modality)
    add_colour_bar(figure, image, row, "× uniform", 1.0)


def _draw_entropies(axes: Axes, maps: Maps, scales: Sequence[str]) -> None:
    for (modality, values), colour in zip(maps.items(), SEVERAL * len(maps), strict=False):
        axes.plot(relative_entropy(values), "o-", color=colour, markersize=4, linewidth=1, label=modality)
    axes.set_xticks(range(len(scales)), scales, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_xlim(-0.3, len(scales) - 0.7)
    axes.set_ylim(-0.03, 1.03)
    axes.set_ylabel("entropy / maximum")
    axes.legend()


def relative_entropy(attention: Float[np.ndarray, "b s c n"]) -> Float[np.ndarray, "s"]:
    """Compute the mean entropy of each scale's attention, divided by its maximum log n.

    Where the attention is shared with other modalities (a joint memory), it is first normalised to sum to 1 over this
    modality; tokens with no attention on it are left out.

    Args:
        attention: attention of c tokens over the n tokens of one modality, for b windows and s scales.

    Returns:
        A value in [0, 1] for each scale; NaN where there is only one token.
    """
    n, p = attention.shape[-1], attention.astype(np.float64)
    total = p.sum(-1, keepdims=True)
    p = np.divide(p, total, out=np.ones_like(p), where=total > 0)
    nats = -(p * np.log(np.where(p > 0, p, 1.0))).sum(-1)
    count = (total[..., 0] > 0).sum((0, 2))
    maximum = np.where((count > 0) & (n > 1), count * np.log(n), np.nan)
    shares: np.ndarray = nats.sum((0, 2)) / maximum
    return shares


def _name_scales(betas: Float[np.ndarray, "s"] | None, n: int) -> list[str]:
    return [f"scale {i}" for i in range(1, n + 1)] if betas is None else [f"β = {beta:.3g}" for beta in betas]
