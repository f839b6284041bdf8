"""Group the variants of some runs: those of one grade that were tested on the same windows may share a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mpcl_core.evaluation.job_scores import JobScores, score_jobs
from mpcl_core.evaluation.metrics import SubjectScores
from mpcl_core.evaluation.statistics.tested_windows import TestedWindows, identify_windows
from mpcl_core.evaluation.summary import VariantScore, score_variant
from mpcl_core.interfaces.metric import HIGHER_IS_BETTER
from mpcl_core.runs.manifest import MetricRecord, StudyManifest
from mpcl_core.runs.reader import RunReader


@dataclass(frozen=True, eq=False)
class ScoredVariant:
    """Hold a variant of a run with its scores.

    Args:
        name: its name in tables.
        variant: its name in the run.
        is_baseline: whether it is a baseline.
        is_network: whether it trains a network.
        subjects: the scores of every subject, averaged over seeds.
        scores: the scores of the variant, and of its seed-averaged prediction, under the name in tables.
        windows: the tested windows of each seed.
        jobs: the scores of every subject of every job, by seed.
        n_unfinished: how many of its jobs have not finished.
        n_tried: how many settings its search tried in each fold; 1 without a search.
    """

    name: str
    variant: str
    is_baseline: bool
    is_network: bool
    subjects: SubjectScores
    scores: tuple[VariantScore, ...]
    windows: tuple[TestedWindows, ...]
    jobs: tuple[JobScores, ...] = ()
    n_unfinished: int = 0
    n_tried: int = 1

    @property
    def is_mean(self) -> bool:
        """Return whether it is the baseline that predicts the mean distribution of the fitting windows."""
        return self.variant == "mean" or (self.is_baseline and self.variant.endswith(".mean"))

    def named(self, name: str) -> "ScoredVariant":
        """Return it under another name in tables.

        Args:
            name: the name.

        Returns:
            A copy.
        """
        scores = tuple(replace(score, variant=name + score.variant.removeprefix(self.name)) for score in self.scores)
        return replace(self, name=name, scores=scores)


@dataclass
class Group:
    """Hold variants of one grade that were tested on the same windows.

    Args:
        grade: their grade.
        labels: the names of the emotions.
        windows: the tested windows.
        studies: pairs of a run's label and the manifest of the study.
        variants: the variants.
        missing: the names of the variants of which no job has finished.
        plugin_metrics: the metrics of plugins by which all of them are scored.
    """

    grade: str
    labels: tuple[str, ...]
    windows: TestedWindows
    studies: list[tuple[str, StudyManifest]] = field(default_factory=list)
    variants: list[ScoredVariant] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    plugin_metrics: dict[str, MetricRecord] = field(default_factory=dict)

    @property
    def higher_is_better(self) -> dict[str, bool]:
        """Return each metric and whether a larger value is better, in the order of every table."""
        return HIGHER_IS_BETTER | {name: found.higher_is_better for name, found in self.plugin_metrics.items()}

    @property
    def scores(self) -> list[VariantScore]:
        """Return the scores of the variants by the metrics that all of them have."""
        metrics = self.higher_is_better
        return [score for found in self.variants for score in found.scores if score.metric in metrics]

    @property
    def complete(self) -> list[ScoredVariant]:
        """Return the variants whose jobs have all finished: what may be tested and ranked."""
        return [found for found in self.variants if not found.n_unfinished and set(found.windows) == {self.windows}]

    @property
    def are_subjects_known(self) -> bool:
        """Return whether windows have subjects; without them nothing is tested over subjects."""
        return any(found.subjects.are_subjects_known for found in self.variants)

    def incomplete_notes(self) -> Iterator[str]:
        """Yield a sentence for each variant that lacks jobs.

        Yields:
            The sentences.
        """
        for found in self.variants:
            if found.n_unfinished:
                yield (
                    f"{found.name}: {found.n_unfinished} of its jobs failed, so test windows are missing; it is not "
                    f"tested, ranked or marked."
                )
        for name in self.missing:
            yield f"{name}: no numbers; none of its jobs finished."

    def separation_note(self, first: "Group") -> str:
        """Return why these variants do not share a table with those of another group.

        Args:
            first: the other group.

        Returns:
            A sentence; empty where the groups are the same.
        """
        if self is first:
            return ""
        reasons = []
        if self.grade != first.grade:
            reasons.append(f"numbers of grade {self.grade} are not compared with those of grade {first.grade}")
        if self.labels != first.labels:
            reasons.append(f"other emotions ({', '.join(self.labels)})")
        if self.windows != first.windows:
            one, other = ({study.data_hash for _, study in group.studies} for group in (self, first))
            data = "the same data" if one & other else "other data"
            reasons.append(f"other windows were tested ({self.windows.count}, not {first.windows.count}; {data})")
        return f"In a table of its own: {'; '.join(reasons)}."

    def subject_scores(self, metric: str) -> dict[str, np.ndarray]:
        """Return the scores of the complete variants.

        Args:
            metric: the metric.

        Returns:
            Variant -> (S,) its score for each subject.
        """
        return {found.name: found.subjects.scores[metric] for found in self.complete}


def group_variants(runs: Mapping[str, RunReader]) -> list[Group]:
    """Score the variants of some runs and group them.

    Args:
        runs: label -> run. With several, the label stands before the name of a variant; a baseline that scores the same
            in two runs is listed once.

    Returns:
        The groups in the order of the runs and their studies.

    Raises:
        UsageError: a file of a run is damaged.
    """
    groups: dict[tuple[Any, ...], Group] = {}
    for label, run in runs.items():
        for study in run.studies:
            scored = list(_scored_variants(run, study))
            if not scored:
                continue
            windows = max(windows for found in scored for windows in found.windows)
            key = (study.grade, tuple(study.labels), windows)
            group = groups.setdefault(key, Group(*key, plugin_metrics=run.manifest.metrics))
            group.plugin_metrics = _shared(group.plugin_metrics, run.manifest.metrics)
            group.studies.append((label, study))
            prefix = f"{label}/" if len(runs) > 1 else ""
            for found in scored:
                _add(group.variants, found, prefix + found.variant)
            names = {found.variant for found in scored}
            group.missing += [prefix + variant for variant in study.variants if variant not in names]
    return list(groups.values())


def _shared(some: Mapping[str, MetricRecord], others: Mapping[str, MetricRecord]) -> dict[str, MetricRecord]:
    return {name: found for name, found in some.items() if others.get(name) == found}


def _add(variants: list[ScoredVariant], found: ScoredVariant, name: str) -> None:
    if found.is_baseline:
        twins = [other for other in variants if other.is_baseline and other.variant == found.variant]
        if any(_score_alike(other, found) for other in twins):
            return
        name = name if twins else found.variant
    variants.append(found.named(name))


def _score_alike(one: ScoredVariant, other: ScoredVariant) -> bool:
    return one.windows == other.windows and all(
        np.allclose(one.subjects.scores[metric], other.subjects.scores[metric], rtol=0, atol=1e-12)
        for metric in HIGHER_IS_BETTER
    )


def _scored_variants(run: RunReader, study: StudyManifest) -> Iterator[ScoredVariant]:
    for variant in study.variants:
        by_seed = dict(run.seed_predictions(variant))
        if seeds := list(by_seed.values()):
            subjects, scores = score_variant(variant, study.grade, seeds, run.seed_average_scores(variant))
            yield ScoredVariant(
                name=variant,
                variant=variant,
                is_baseline=variant not in run.own_variants,
                is_network=run.is_network(variant),
                subjects=subjects,
                scores=scores,
                windows=tuple(map(identify_windows, seeds)),
                jobs=tuple(score_jobs(seed, found) for seed, found in by_seed.items()),
                n_unfinished=run.n_unfinished(variant, study),
                n_tried=run.n_tried(variant),
            )
