"""Show the scores of runs as HTML tables, for notebooks."""

from collections.abc import Iterable, Sequence
from html import escape
from math import isnan

from mpcl_core.evaluation.compare import Comparison
from mpcl_core.evaluation.summary import VariantScore


def as_html(comparisons: Iterable[Comparison]) -> str:
    """Return an HTML table for each comparison: variants in rows, metrics in columns, notes below.

    Args:
        comparisons: the scores, one grade each.

    Returns:
        HTML without scripts, styles or external files. A cell holds the mean over subjects and its 95 % interval.
    """
    return "".join(_table(comparison) for comparison in comparisons) or "<p>No job has finished.</p>"


def _table(comparison: Comparison) -> str:
    metrics = list(dict.fromkeys(score.metric for score in comparison.scores))
    variants: dict[str, list[VariantScore]] = {}
    for score in comparison.scores:
        variants.setdefault(score.variant, []).append(score)
    head = "".join(f"<th>{escape(name)}</th>" for name in ("variant", *metrics))
    body = "".join(f"<tr><th>{escape(name)}</th>{_cells(scores, metrics)}</tr>" for name, scores in variants.items())
    notes = "".join(f"<p>{escape(note)}</p>" for note in comparison.notes)
    caption = f"<caption>{escape(comparison.title)}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"


def _cells(scores: Sequence[VariantScore], metrics: Sequence[str]) -> str:
    texts = {score.metric: _text(score) for score in scores}
    return "".join(f"<td>{texts.get(metric, '')}</td>" for metric in metrics)


def _text(score: VariantScore) -> str:
    interval = "" if isnan(score.low) else f" [{score.low:z.4f}, {score.high:z.4f}]"
    return f"{score.mean:z.4f}{interval}"
