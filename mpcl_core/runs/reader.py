"""What the figures need of a run folder."""

import csv
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from mpcl_core.runs import predictions
from mpcl_core.runs.diagnostics import SampleVariant, Study, look

KL = "kl_divergence"


class Number(NamedTuple):
    """A mean over subjects with its interval, which is NaN where there is none."""

    mean: float
    low: float
    high: float
    n_subjects: int
    n_seeds: int


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
    def n_seeds(self) -> int:
        """How many a network has."""
        return len(self._lock["seeds"])

    @cached_property
    def recipe(self) -> Mapping[str, Any]:
        """The resolved recipe."""
        found = yaml.safe_load((self.folder / "recipe.yaml").read_text())
        if not isinstance(found, Mapping):
            raise ValueError("recipe.yaml is no recipe")  # noqa: TRY004
        return dict(found)

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
    def shown(self) -> SampleVariant | None:
        """The first network; without any, the first variant that predicted something."""
        places = [(name, study) for study in self.studies for name in study["variants"]]
        places.sort(key=lambda place: place[0] not in self.own)
        for file in ("diagnostics.npz", "predictions.npz"):
            for name, study in places:
                if any((self.folder / "jobs" / name).glob(f"*/*/{file}")) and (
                    shown := look(self.folder, self.name, name, study)
                ):
                    return shown
        return None

    def train_mean(self, study: Study) -> str | None:
        """The reference row ``mean`` of a study, if it was scored."""
        names = ["mean", *(f"{name}.mean" for name in self.own)]
        return next((name for name in names if name in study["variants"] and (name, KL) in self.numbers), None)

    def resolved(self, variant: str) -> Mapping[str, Any]:
        """The values of a variant."""
        return _patched(self.recipe, (self.recipe.get("variants") or {}).get(variant, {}))

    def trains(self, variant: str) -> bool:
        """Whether a variant is a network, and no estimator."""
        return variant in self.own and self.resolved(variant).get("estimator") is None

    def journals(self, variant: str) -> Iterator[list[dict[str, Any]]]:
        """The lines that each job of a variant wrote while it trained."""
        for path in sorted((self.folder / "jobs" / variant).glob("*/*/metrics.jsonl")):
            yield [json.loads(line) for line in path.read_text().splitlines()]

    @cached_property
    def _lock(self) -> dict[str, Any]:
        return predictions.lock(self.folder)


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
