"""What the figures need of a run folder."""

import csv
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

from mpcl_core.results import stored
from mpcl_core.results.stored import Predictions

Study = Mapping[str, Any]


class Number(NamedTuple):
    """A mean over subjects with its interval, which is NaN where there is none."""

    mean: float
    low: float
    high: float
    n_subjects: int
    n_seeds: int


@dataclass(frozen=True)
class Shown:
    """The variant whose samples are drawn, as one of its seeds predicted them.

    Args:
        variant, seed: which.
        study: what the lock says of its study.
        predictions: the test rows of all folds.
        fold: the first fold that left views; '' without any.
        views: what that job kept of some test rows, by dotted name.
        D: their true distributions; no rows without views.
    """

    variant: str
    seed: int
    study: Study
    predictions: Predictions
    fold: str
    views: Mapping[str, np.ndarray]
    D: np.ndarray

    @property
    def labels(self) -> Sequence[str]:
        """The names of the k emotions."""
        return list(self.study["labels"])

    @property
    def job(self) -> str:
        """The job that the views are from, for captions."""
        return f"{self.variant}, seed {self.seed}, fold {self.fold}"


class Run:
    """A run folder, read where it is asked.

    Args:
        folder: it has a lock, a recipe, a summary and jobs.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def name(self) -> str:
        """The recipe's name."""
        return str(self._lock["name"])

    @cached_property
    def studies(self) -> Sequence[Study]:
        """What the lock says of each study."""
        return list(self._lock["studies"])

    @cached_property
    def recipe(self) -> Mapping[str, Any]:
        """The resolved recipe."""
        return dict(yaml.safe_load((self.folder / "recipe.yaml").read_text()))

    @cached_property
    def own(self) -> list[str]:
        """The variants that are no reference rows, in recipe order."""
        names = self.recipe.get("variants") or ["main"]
        return [name for name in names if name not in (self.recipe.get("references") or {})]

    @cached_property
    def numbers(self) -> dict[tuple[str, str], Number]:
        """(variant, metric) -> its number in the summary."""
        with (self.folder / "summary.csv").open(newline="") as file:
            return {(line["variant"], line["metric"]): _number(line) for line in csv.DictReader(file)}

    @cached_property
    def shown(self) -> Shown | None:
        """The first network; without any the first variant that predicted something."""
        found = [shown for study in self.studies for name in study["variants"] if (shown := self._shown(name, study))]
        own = [shown for shown in found if shown.variant in self.own] or found
        return next((shown for shown in own if shown.views), own[0] if own else None)

    def resolved(self, variant: str) -> Mapping[str, Any]:
        """The values of a variant."""
        return _patched(self.recipe, (self.recipe.get("variants") or {}).get(variant, {}))

    def journals(self, variant: str) -> Iterator[list[dict[str, Any]]]:
        """The lines that each job of a variant wrote while it trained."""
        for path in sorted((self.folder / "jobs" / variant).glob("*/*/metrics.jsonl")):
            yield [json.loads(line) for line in path.read_text().splitlines()]

    @cached_property
    def _lock(self) -> dict[str, Any]:
        return stored.lock(self.folder)

    def _shown(self, variant: str, study: Study) -> Shown | None:
        if not (self.folder / "jobs" / variant).is_dir():
            return None
        for seed, predictions in stored.predictions(self.folder, variant):
            jobs = sorted((self.folder / "jobs" / variant / str(seed)).glob("*/views.npz"))
            fold, views, D = _views(jobs[0].parent) if jobs else ("", {}, predictions.D[:0])
            return Shown(variant, seed, study, predictions, fold, views, D)
        return None


def _views(job: Path) -> tuple[str, Mapping[str, np.ndarray], np.ndarray]:
    with np.load(job / "views.npz", allow_pickle=False) as archive:
        views = dict(archive)
    with np.load(job / "predictions.npz", allow_pickle=False) as archive:
        return job.name, views, archive["D"][views["index"]]


def _patched(base: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """The recipe's own rules: key by key, null removes, another ``use`` replaces the block."""
    if patch.get("use", base.get("use")) != base.get("use"):
        return dict(patch)
    merged = dict(base)
    for key, value in patch.items():
        old = base.get(key)
        merged[key] = _patched(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return {key: value for key, value in merged.items() if value is not None}


def _number(line: Mapping[str, str]) -> Number:
    mean, low, high = (float(line[name] or math.nan) for name in ("mean", "low", "high"))
    return Number(mean, low, high, int(line["n_subjects"]), int(line["n_seeds"]))
