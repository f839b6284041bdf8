"""Provide a run for reading: its folder, and its numbers, computed once from the stored predictions.

Names that tables, figures and report use: `Run.comparisons`, `Run.numbers`, `Run.paired_test`, `Run.mean_baseline`,
`Run.robustness`, `Run.coverage`. Names for users: `open_run`, `Run.path`, `Run.manifest`, `Run.report`, `Run.scores`,
`Run.summary`, `Run.predictions`.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from html import escape
from math import nan
from pathlib import Path
from typing import Any

import numpy as np

from mpcl_core.evaluation.compare import Comparison, compare_runs
from mpcl_core.evaluation.coverage import CoverageScore, score_coverage
from mpcl_core.evaluation.html_table import as_html
from mpcl_core.evaluation.metrics import KL, SubjectScores
from mpcl_core.evaluation.robustness import ConditionScore, score_conditions
from mpcl_core.evaluation.statistics.pairs import PairedTest
from mpcl_core.evaluation.summary import VariantScore
from mpcl_core.evaluation.window_summary import WindowSummary, summarise_windows
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.interfaces.metric import HIGHER_IS_BETTER
from mpcl_core.runs.finished_jobs import UNREADABLE, read_cost
from mpcl_core.runs.folder import check_run_folder
from mpcl_core.runs.layout import COST, job_folder
from mpcl_core.runs.manifest import StudyManifest
from mpcl_core.runs.predictions import Predictions, read_job_arrays
from mpcl_core.runs.reader import RunReader

SCORE_COLUMNS = ("variant", "seed", "fold", "subject", "metric", "score", "n_windows", "seconds")

Columns = Mapping[str, np.ndarray]
"""Name -> values, all of one length."""


def open_run(path: Path | str) -> "Run":
    """Open a run folder for reading.

    Args:
        path: the run folder.

    Returns:
        The run.

    Raises:
        UsageError: the folder is not a run, or its manifest is damaged or of another version of the format.

    Example:
        >>> run = open_run("runs/mpcl/20260101T120000Z-1a2b3c4d")  # doctest: +SKIP
        >>> run.summary()  # doctest: +SKIP
    """
    folder = Path(path)
    check_run_folder(folder)
    return Run(folder)


class Run(RunReader):
    """Read a run folder and its numbers; nothing is computed before it is needed, and nothing twice.

    Args:
        path: the run folder.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._coverage: dict[str, CoverageScore | None] = {}
        self._windows: dict[str, WindowSummary] = {}
        self._drawn: list[tuple[int, Predictions]] | None = None

    def seed_predictions(self, variant: str) -> Iterator[tuple[int, Predictions]]:
        """Yield the predictions of a variant; compute in the same pass what else is stated of its windows.

        Only the predictions of the drawn variant stay in memory, since a run may have hundreds of variants.

        Args:
            variant: the variant.

        Yields:
            Seed and predictions, by increasing seed.

        Raises:
            UsageError: a file is damaged.
        """
        is_drawn = self.drawn_place is not None and variant == self.drawn_place[0]
        if is_drawn and self._drawn is not None:
            yield from self._drawn
            return
        seeds = list(super().seed_predictions(variant))
        grade = next((study.grade for study in self.studies if variant in study.variants), "")
        self._coverage[variant] = score_coverage(self, variant, grade, seeds)
        if seeds:
            self._windows[variant] = summarise_windows([found for _, found in seeds])
        if is_drawn:
            self._drawn = seeds
        yield from seeds

    def window_summary(self, variant: str | None) -> WindowSummary | None:
        """Return a summary of the test windows of a variant.

        Args:
            variant: the variant.

        Returns:
            The summary; None where no job of the variant has finished.
        """
        return self._windows.get(variant or "") if self.comparisons else None

    def scores(self) -> Any:
        """Return the score of every subject in every job, in long form.

        Returns:
            A pandas DataFrame where pandas is installed, else a dict from column to array, with the columns
            ``variant``, ``seed``, ``fold``, ``subject`` (empty where unknown), ``metric``, ``score`` (the weighted mean
            over the subject's test windows of the fold), ``n_windows`` and ``seconds`` (of the job; NaN
            where unknown).

        Raises:
            UsageError: a file is damaged.
        """
        return _table(_columns(SCORE_COLUMNS, self.score_lines()))

    def summary(self) -> Any:
        """Return the mean of every variant by every metric, with its 95 % interval over subjects.

        Returns:
            A pandas DataFrame where pandas is installed, else a dict from column to array, with the columns
            ``variant``, ``metric``, ``mean``, ``low``, ``high`` (NaN below three subjects), ``n_subjects`` (0 where
            unknown), ``n_seeds`` and ``grade``. Variants ``…+seeds`` are predictions averaged over seeds.

        Raises:
            UsageError: a file is damaged.
        """
        names = ("variant", "metric", "mean", "low", "high", "n_subjects", "n_seeds", "grade")
        lines = (tuple(getattr(score, name) for name in names) for score in self.numbers.values())
        return _table(_columns(names, lines))

    def predictions(self) -> Any:
        """Return truth and prediction of every test window of every job.

        Returns:
            A pandas DataFrame where pandas is installed, else a dict from column to array, with the columns
            ``variant``, ``seed``, ``fold``, ``subject``, ``trial``, ``window``, ``weight``, and ``true_<emotion>`` and
            ``predicted_<emotion>`` for every emotion of any study; NaN where the study lacks the emotion.

        Raises:
            UsageError: a file is damaged.
        """
        return _table(self.prediction_columns())

    def prediction_columns(self) -> Columns:
        """Return the columns of `predictions` as arrays.

        Returns:
            Name -> values; nothing where no job has finished.

        Raises:
            UsageError: a file is damaged.
        """
        labels = list(dict.fromkeys(label for study in self.studies for label in study.labels))
        parts = [part for study in self.studies for part in self._prediction_parts(study, labels)]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}

    @cached_property
    def comparisons(self) -> Sequence[Comparison]:
        """Return scores, tests and ranks, for each grade and set of test windows; empty where no job finished."""
        return compare_runs({self.name: self})

    @cached_property
    def higher_is_better(self) -> Mapping[str, bool]:
        """Return each metric of the run and whether a larger value is better, in the order of every table."""
        return HIGHER_IS_BETTER | {name: found.higher_is_better for name, found in self.manifest.metrics.items()}

    @cached_property
    def robustness(self) -> Sequence[ConditionScore]:
        """Return the scores without some modalities, by study and variant; empty where none was tested so."""
        return [
            score
            for study in self.studies
            for variant in study.variants
            for score in score_conditions(
                variant,
                study.grade,
                self.robustness_lines(variant, tuple(self.higher_is_better)),
                self.higher_is_better,
            )
        ]

    @cached_property
    def coverage(self) -> Sequence[CoverageScore]:
        """Return how often the error bars held, by study and variant; empty where no job stored error bars."""
        if not self.comparisons:
            return []
        scores = (self._coverage[variant] for study in self.studies for variant in study.variants)
        return [score for score in scores if score is not None]

    @cached_property
    def numbers(self) -> Mapping[tuple[str, str], VariantScore]:
        """Return the scores by variant and metric.

        ``<variant>+seeds`` names the seed-averaged prediction of a variant.
        """
        scores = (score for comparison in self.comparisons for score in comparison.scores)
        return {(score.variant, score.metric): score for score in scores}

    def paired_test(self, variant: str, reference: str, metric: str = KL) -> PairedTest | None:
        """Return the test of a variant against a reference, paired by subject.

        Args:
            variant, reference: the variants.
            metric: the metric.

        Returns:
            The test; None where there is none.
        """
        wanted = (variant, reference, metric)
        tests = (test for comparison in self.comparisons for test in comparison.tests)
        return next((test for test in tests if (test.variant, test.reference, test.metric) == wanted), None)

    def subject_scores(self, variant: str) -> SubjectScores | None:
        """Return the scores of each subject, averaged over seeds.

        Args:
            variant: the variant.

        Returns:
            The scores; None where no job of the variant has finished.
        """
        found = (found for comparison in self.comparisons for found in comparison.group.variants)
        return next((scored.subjects for scored in found if scored.variant == variant), None)

    def headline(self, study: StudyManifest) -> str | None:
        """Return the variant that represents a study: the recipe's first scored variant, not the best one.

        Args:
            study: the study.

        Returns:
            The variant; a baseline if no variant of the recipe was scored, None if nothing was.
        """
        with_scores = [name for name in study.variants if (name, KL) in self.numbers]
        own = [name for name in self.own_variants if name in with_scores]
        return next(iter([*own, *with_scores]), None)

    def mean_baseline(self, study: StudyManifest) -> str | None:
        """Return the baseline ``mean`` of a study.

        Args:
            study: the study.

        Returns:
            Its name; None where the study has none or it is not scored.
        """
        names = ["mean", *(f"{name}.mean" for name in self.own_variants)]
        return next((name for name in names if name in study.variants and (name, KL) in self.numbers), None)

    def _repr_html_(self) -> str:
        """Return the scores as HTML tables, which a notebook shows for a run.

        Returns:
            HTML without scripts or styles.
        """
        return f"<p>Run {escape(str(self.path))}</p>{as_html(self.comparisons)}"

    def score_lines(self) -> Iterator[tuple[Any, ...]]:
        """Yield the lines of `scores`.

        Yields:
            The values of the columns `SCORE_COLUMNS`.
        """
        found = [scored for comparison in self.comparisons for scored in comparison.group.variants]
        for variant in found:
            for jobs in variant.jobs:
                seconds = {fold: self._seconds(variant.variant, jobs.seed, fold) for fold in set(jobs.fold.tolist())}
                for number, (fold, subject) in enumerate(zip(jobs.fold.tolist(), jobs.subject.tolist(), strict=True)):
                    about, n = (variant.variant, jobs.seed, fold, subject), int(jobs.n_windows[number])
                    for metric, values in jobs.scores.items():
                        yield *about, metric, float(values[number]), n, seconds[fold]

    def _seconds(self, variant: str, seed: int, fold: str) -> float:
        job = job_folder(self.path, variant, seed, fold)
        if not (job / COST).is_file():
            return nan
        try:
            return float(read_cost(job)["seconds"])
        except UNREADABLE as error:
            raise UsageError(f"{job / COST} cannot be read: {str(error).partition(chr(10))[0]}") from None

    def _prediction_parts(self, study: StudyManifest, labels: Sequence[str]) -> Iterator[dict[str, np.ndarray]]:
        for variant in study.variants:
            for job in self.finished_jobs(variant):
                arrays = read_job_arrays(job)
                n = len(arrays["D"])
                part = {"variant": np.full(n, variant), "seed": np.full(n, int(job.parent.name))}
                part |= {"fold": np.full(n, job.name)}
                part |= {name: arrays[name] for name in ("subject", "trial", "window", "weight")}
                for prefix, name in (("true", "D"), ("predicted", "D_pred")):
                    shares = dict(zip(study.labels, arrays[name].T, strict=True))
                    part |= {f"{prefix}_{label}": shares.get(label, np.full(n, np.nan)) for label in labels}
                yield part


def _columns(names: Sequence[str], lines: Iterator[tuple[Any, ...]]) -> Columns:
    values = list(zip(*lines, strict=True)) or [()] * len(names)
    return {name: np.array(column) for name, column in zip(names, values, strict=True)}


def _table(columns: Columns) -> Any:
    try:
        import pandas
    except ImportError:
        return dict(columns)
    return pandas.DataFrame(columns)
