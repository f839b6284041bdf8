"""How a network's scores hold when modalities are missing: means over subjects, and the share of its gain it keeps.

The *relative robustness* of a condition is the share of the gain over the train mean that is left in it:

    R = (M_mean - M_condition) / (M_mean - M_all),

M the mean over subjects of a metric for the train mean, under the condition, and with all modalities. R = 1: nothing is
lost; 0: as good as the train mean; below 0: worse than it. It has no value where the network with all modalities is not
better than the train mean, or where the 95 % interval of its gain over subjects holds 0: there is no gain of which a
share could be kept. It is a ratio of means over subjects and has no interval of its own.
"""

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from mpcl_core.evaluation.metrics import HIGHER_IS_BETTER, METRICS
from mpcl_core.evaluation.statistics import interval
from mpcl_core.runs import predictions

FILE = "robustness.csv"

Key = tuple[str, str, float]
Scores = Mapping[str, Float64[np.ndarray, "S"]]


@dataclass(frozen=True)
class Row:
    """One number.

    Args:
        variant, grade: of what.
        kind: ``all``, ``subset``, ``missing`` or ``train_mean``.
        modalities: those that are there, joined by ``+``.
        rate: the share of them that is missing at random.
        metric: of what.
        mean: over subjects; a subject's score is averaged over seeds and draws.
        low, high: 95 % interval over subjects; NaN with fewer than three.
        relative: R; NaN where there is no gain to keep.
        n_subjects, n_seeds: over how many.
    """

    variant: str
    grade: str
    kind: str
    modalities: str
    rate: float
    metric: str
    mean: float
    low: float
    high: float
    relative: float
    n_subjects: int
    n_seeds: int


def summarise(run: Path) -> list[Row]:
    """All rows of a run, in the order of its studies and variants; none where no job was tested so."""
    return [
        row
        for study in predictions.lock(run)["studies"]
        for variant in study["variants"]
        for row in _variant(run, variant, study["grade"])
    ]


def as_csv(rows: Sequence[Row]) -> str:
    """Long form, one number a line, at full precision; what does not exist is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: "" if value != value else value for name, value in asdict(row).items()})
    return text.getvalue()


def _variant(run: Path, variant: str, grade: str) -> Iterator[Row]:
    files = sorted((run / "jobs" / variant).glob("*/*/robustness.jsonl"))
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    seeds = len({file.parent.parent for file in files})
    found = {key: by_subject(mine) for key, mine in _by_condition(lines).items()}
    everything, base = (_scores(found, kind) for kind in ("all", "train_mean"))
    for (kind, modalities, rate), scores in found.items():
        for metric in METRICS:
            values = scores[metric]
            mean = float(values.mean())
            share = relative(metric, base[metric], everything[metric], mean)
            low, high = interval(values)
            condition = variant, grade, kind, modalities, rate, metric
            yield Row(*condition, mean, low, high, share, len(values), seeds)


def relative(metric: str, base: Float64[np.ndarray, "S"], everything: Float64[np.ndarray, "S"], value: float) -> float:
    """R; NaN where all modalities are no better than the train mean, or not certainly.

    Args:
        metric: which, for its direction.
        base, everything: each subject's score by the train mean, and with all modalities.
        value: the mean over subjects under the condition.
    """
    gain = everything - base if HIGHER_IS_BETTER[metric] else base - everything
    low, _ = interval(gain)  # NaN below three subjects, of whom nothing is certain
    better = gain.mean() > 0 and low > 0
    return float((base.mean() - value) / (base.mean() - everything.mean())) if better else math.nan


def by_subject(lines: Iterable[Mapping[str, Any]]) -> Scores:
    """Metric -> each subject's score (S,), the weighted mean over folds, seeds and draws; subjects in their order."""
    total: dict[str, Any] = {}
    for line in lines:
        values = np.array([1.0, *(line[metric] for metric in METRICS)]) * line["weight"]
        total[line["subject"]] = total.get(line["subject"], 0.0) + values
    table = np.stack([total[subject] for subject in sorted(total)])
    return {metric: table[:, 1 + index] / table[:, 0] for index, metric in enumerate(METRICS)}


def _by_condition(lines: Iterable[Mapping[str, Any]]) -> dict[Key, list[Mapping[str, Any]]]:
    found: dict[Key, list[Mapping[str, Any]]] = {}
    for line in lines:
        found.setdefault((line["kind"], "+".join(line["modalities"]), line["rate"]), []).append(line)
    return found


def _scores(found: Mapping[Key, Scores], wanted: str) -> Scores:
    return next((scores for (kind, _, _), scores in found.items() if kind == wanted), {})
