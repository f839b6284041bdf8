"""Which variants of some runs may stand in one table: those of one grade that were tested on the same rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from mpcl_core.evaluation.metrics import METRICS, SubjectScores, subject_scores, window_scores
from mpcl_core.evaluation.statistics.seed_average import over_seeds
from mpcl_core.evaluation.statistics.tested_windows import TestedWindows, rows_of
from mpcl_core.runs import predictions
from mpcl_core.runs.reader import Run


@dataclass(frozen=True, eq=False)
class Entry:
    """A variant of a run.

    Args:
        name: as the tables call it.
        folder, variant: the run, and the variant there.
        own: the recipe names it; it is no reference row.
        network: it is trained, and no estimator.
        scores: what each subject scored, the mean over seeds.
        rows: of each seed.
        lacking: how many of its jobs did not end well.
    """

    name: str
    folder: Path
    variant: str
    own: bool
    network: bool
    scores: SubjectScores
    rows: tuple[TestedWindows, ...]
    lacking: int = 0

    @property
    def is_mean(self) -> bool:
        """Whether it is the reference row of the train mean."""
        return self.variant == "mean" or (not self.own and self.variant.endswith(".mean"))


@dataclass
class Group:
    """Variants of one grade that were tested on the same rows.

    Args:
        grade, labels, rows: what they share.
        studies: pairs of a run's label and what its lock says of the study.
        entries: the variants.
        missing: the names of those of which no job ended well.
    """

    grade: str
    labels: tuple[str, ...]
    rows: TestedWindows
    studies: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def complete(self) -> list[Entry]:
        """The variants whose jobs all ended well, every fold with every seed: what may be tested and ranked."""
        return [entry for entry in self.entries if not entry.lacking and set(entry.rows) == {self.rows}]

    def gaps(self) -> Iterator[str]:
        """What is not there, in words."""
        for entry in self.entries:
            if entry.lacking:
                yield (
                    f"{entry.name}: {entry.lacking} of its jobs failed, so that rows are missing; it is not tested, "
                    f"ranked or marked."
                )
        for name in self.missing:
            yield f"{name}: no numbers; none of its jobs ended well."

    @property
    def subjects_known(self) -> bool:
        """Whether rows say whose they are; without it nothing is tested over subjects."""
        return any(entry.scores.are_subjects_known for entry in self.entries)

    def apart(self, first: "Group") -> str:
        """Why these variants do not stand in one table with those; '' where they are those."""
        if self is first:
            return ""
        why = []
        if self.grade != first.grade:
            why.append(f"numbers of grade {self.grade} are not compared with those of grade {first.grade}")
        if self.labels != first.labels:
            why.append(f"other emotions ({', '.join(self.labels)})")
        if self.rows != first.rows:
            mine, its = ({study["data_hash"] for _, study in group.studies} for group in (self, first))
            data = "the same data" if mine & its else "other data"
            why.append(f"other rows were tested ({self.rows.count}, not {first.rows.count}; {data})")
        return f"In a table of their own: {'; '.join(why)}."

    def scores(self, metric: str) -> dict[str, np.ndarray]:
        """Complete variant -> (S,) its score for each subject."""
        return {entry.name: entry.scores.scores[metric] for entry in self.complete}


def groups(runs: Mapping[str, Run]) -> list[Group]:
    """The variants of some runs, in the order of the runs and their studies.

    Args:
        runs: label -> run. With several, the label stands before the name of a variant; a reference row that scores
            the same in two runs is there once.
    """
    found: dict[tuple[Any, ...], Group] = {}
    for label, run in runs.items():
        for study in run.studies:
            entries = list(_entries(run, study))
            if not entries:
                continue
            rows = max(rows for entry in entries for rows in entry.rows)
            key = (study["grade"], tuple(study["labels"]), rows)
            group = found.setdefault(key, Group(*key))
            group.studies.append((label, study))
            prefix = f"{label}/" if len(runs) > 1 else ""
            for entry in entries:
                _add(group.entries, entry, prefix + entry.variant)
            there = {entry.variant for entry in entries}
            group.missing += [prefix + variant for variant in study["variants"] if variant not in there]
    return list(found.values())


def _add(entries: list[Entry], entry: Entry, name: str) -> None:
    if not entry.own:
        twins = [other for other in entries if not other.own and other.variant == entry.variant]
        if any(_alike(other, entry) for other in twins):
            return
        name = name if twins else entry.variant
    entries.append(replace(entry, name=name))


def _alike(one: Entry, other: Entry) -> bool:
    return one.rows == other.rows and all(
        np.allclose(one.scores.scores[metric], other.scores.scores[metric], rtol=0, atol=1e-12) for metric in METRICS
    )


def _entries(run: Run, study: Mapping[str, Any]) -> Iterator[Entry]:
    for variant in study["variants"]:
        seeds = [found for _, found in predictions.predictions(run.folder, variant)]
        if seeds:
            own, network = variant in run.own, run.trains(variant)
            rows = tuple(map(rows_of, seeds))
            scores = [
                subject_scores(window_scores(seed.D, seed.D_pred).by_metric, seed.subject, seed.weight)
                for seed in seeds
            ]
            lacking = study["n_folds"] * (run.n_seeds if network else 1) - predictions.ended(run.folder, variant)
            yield Entry(variant, run.folder, variant, own, network, over_seeds(scores), rows, lacking)
