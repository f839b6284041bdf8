"""Read a run folder: the one reader of tables, figures, report, comparison, verification and users."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.diagnostics import DrawnVariant, diagnostic_names, read_drawn_variant
from mpcl_core.runs.finished_jobs import UNREADABLE, finished_folders, read_cost
from mpcl_core.runs.layout import (
    AUDIT,
    COST,
    DIAGNOSTICS,
    ERROR_BARS,
    JOURNAL,
    RECIPE,
    REPORT,
    ROBUSTNESS,
    SEARCH,
    job_folders,
)
from mpcl_core.runs.manifest import Manifest, StudyManifest, read_manifest
from mpcl_core.runs.predictions import Predictions, read_predictions
from mpcl_core.runs.robustness_file import read_robustness
from mpcl_core.runs.search_file import SearchTrial, read_search
from mpcl_core.runs.seed_average_file import read_seed_average, seed_average_file
from mpcl_core.runs.weights import count_weights, weights_file
from mpcl_core.toolkit.bounded_json import read_json_lines, read_json_object

Content = TypeVar("Content")


class RunReader:
    """Read a run folder, each file when it is first needed.

    Args:
        path: the run folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def manifest(self) -> Manifest:
        """Return the run manifest.

        Raises:
            UsageError: the folder has none, or it is damaged.
        """
        return read_manifest(self.path)

    @property
    def name(self) -> str:
        """Return the recipe's name."""
        return self.manifest.name

    @property
    def studies(self) -> Sequence[StudyManifest]:
        """Return the studies: data and folds, each with its variants."""
        return self.manifest.studies

    @property
    def report(self) -> Path:
        """Return the path of the report."""
        return self.path / REPORT

    @property
    def recipe_text(self) -> str:
        """Return the text of the resolved recipe."""
        return (self.path / RECIPE).read_text(encoding="utf-8")

    @cached_property
    def own_variants(self) -> list[str]:
        """Return the variants that are not baselines, in the order of the recipe."""
        return [name for name, variant in self.manifest.variants.items() if not variant.is_baseline]

    def resolved(self, variant: str) -> Mapping[str, Any]:
        """Return the resolved recipe of a variant as plain values.

        Args:
            variant: the variant.

        Returns:
            Its keys and values.
        """
        return self.manifest.variants[variant].recipe

    def is_network(self, variant: str) -> bool:
        """Return whether a variant trains a network; otherwise it is an estimator.

        Args:
            variant: the variant.

        Returns:
            Whether it is a network.
        """
        return self.manifest.variants[variant].is_network

    def seed_predictions(self, variant: str) -> Iterator[tuple[int, Predictions]]:
        """Yield the predictions of a variant, joined over folds.

        Args:
            variant: the variant.

        Yields:
            Seed and predictions, by increasing seed.

        Raises:
            UsageError: a file is damaged.
        """
        return read_predictions(self.path, variant, self.manifest.metrics)

    def seed_average_scores(self, variant: str) -> Mapping[str, np.ndarray]:
        """Return the scores of the seed-averaged prediction of a variant by plugins' metrics.

        Args:
            variant: the variant.

        Returns:
            Metric -> (N,) scores of the windows by increasing number; empty where none were stored.

        Raises:
            UsageError: the file is damaged.
        """
        file = seed_average_file(self.path, variant)
        return _read(file, read_seed_average) if file.is_file() else {}

    def begun_jobs(self, variant: str) -> list[Path]:
        """Return the folders of the jobs of a variant that have a journal.

        Args:
            variant: the variant.

        Returns:
            The folders by increasing seed, then by fold label.
        """
        return [folder for folder in job_folders(self.path, variant) if (folder / JOURNAL).is_file()]

    def finished_jobs(self, variant: str) -> list[Path]:
        """Return the folders of the finished jobs of a variant.

        Args:
            variant: the variant.

        Returns:
            The folders by increasing seed, then by fold label.
        """
        return finished_folders(self.path, variant)

    def n_unfinished(self, variant: str, study: StudyManifest) -> int:
        """Return how many jobs of a variant have not finished.

        Args:
            variant: the variant.
            study: its study.

        Returns:
            The number of jobs that the manifest lists and the folder lacks.
        """
        return study.n_folds * len(self.manifest.seeds_of(variant)) - len(self.finished_jobs(variant))

    def journals(self, variant: str) -> Iterator[list[dict[str, Any]]]:
        """Yield the journal of each job of a variant.

        Args:
            variant: the variant.

        Yields:
            The lines of a job's journal: one an epoch, and one for the test.

        Raises:
            UsageError: a journal is damaged.
        """
        for folder in self.begun_jobs(variant):
            yield _read(folder / JOURNAL, read_json_lines)

    def costs(self, variant: str) -> list[dict[str, Any]]:
        """Return what each job of a variant cost.

        Args:
            variant: the variant.

        Returns:
            As `read_cost`; jobs that have no such file are left out.

        Raises:
            UsageError: a file is damaged.
        """
        return [self.cost(folder) for folder in self.begun_jobs(variant) if (folder / COST).is_file()]

    def cost(self, job: Path) -> dict[str, Any]:
        """Return what a job cost.

        Args:
            job: the job's folder.

        Returns:
            As `read_cost`.

        Raises:
            UsageError: the file is missing or damaged.
        """
        return _read(job / COST, lambda file: read_cost(file.parent))

    def error_bars(self, job: Path) -> dict[str, Any] | None:
        """Return the error bars of the predictions of a job.

        Args:
            job: the job's folder.

        Returns:
            Their fields; None where the job stored none.

        Raises:
            UsageError: the file is damaged.
        """
        file = job / ERROR_BARS
        return _read(file, read_json_object) if file.is_file() else None

    def search_trials(self, job: Path) -> list[SearchTrial]:
        """Return the settings that the search of a job tried.

        Args:
            job: the job's folder.

        Returns:
            The trials; none where the variant has no search.

        Raises:
            UsageError: the file is damaged.
        """
        return _read(job / SEARCH, lambda file: read_search(file.parent))

    def n_tried(self, variant: str) -> int:
        """Return how many settings of a variant each fold tried.

        Args:
            variant: the variant.

        Returns:
            1 for a baseline and for a variant without a search.
        """
        entry = self.manifest.variants[variant]
        search = None if entry.is_baseline else entry.recipe.get("search")
        return 1 + int(search["trials"]) if search else 1

    def weight_counts(self, variant: str) -> list[int]:
        """Return how many numbers the weights of each job of a variant hold.

        Args:
            variant: the variant.

        Returns:
            Parameters and buffers of each network that was stored; none for an estimator.

        Raises:
            UsageError: a file is damaged.
        """
        files = map(weights_file, self.begun_jobs(variant) if self.is_network(variant) else ())
        return [_read(file, lambda file: count_weights(file.parents[1])) for file in files if file.is_file()]

    def audit(self) -> Mapping[str, Any] | None:
        """Return the findings of the last audit of the run.

        Returns:
            What ``mpcl audit --json`` printed; None where the run was not audited.

        Raises:
            UsageError: the file is damaged.
        """
        file = self.path / AUDIT
        return _read(file, read_json_object) if file.is_file() else None

    def robustness_lines(self, variant: str, metrics: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the scores of a variant without some of its modalities.

        Args:
            variant: the variant.
            metrics: the metrics that every line states.

        Yields:
            Seed and line: the scores of one subject under one condition.

        Raises:
            UsageError: a file is damaged.
        """
        for folder in job_folders(self.path, variant):
            file = folder / ROBUSTNESS
            for line in _read(file, partial(read_robustness, metrics=metrics)) if file.is_file() else ():
                yield int(folder.parent.name), line

    @cached_property
    def drawn_variant(self) -> DrawnVariant | None:
        """Return the variant that figures of single windows draw.

        It is the first variant with diagnostics; without any, the first with predictions; None where no job finished.
        """
        if self.drawn_place is None:
            return None
        name, study = self.drawn_place
        return read_drawn_variant(self.path, self.name, name, study, self.seed_predictions(name))

    def drawn_variant_with(self, part: str) -> DrawnVariant | None:
        """Return the first variant that has stored diagnostics of one kind.

        Args:
            part: a part of their dotted names.

        Returns:
            The variant; None where no variant has them.

        Raises:
            UsageError: a file is damaged.
        """
        for study in self.studies:
            for name in study.variants:
                files = [job / DIAGNOSTICS for job in self.finished_jobs(name)]
                stored = next((_read(file, diagnostic_names) for file in files if file.is_file()), frozenset[str]())
                if any(part in each for each in stored):
                    is_drawn = self.drawn_place is not None and self.drawn_place[0] == name
                    seeds = self.seed_predictions(name)
                    return (
                        self.drawn_variant if is_drawn else read_drawn_variant(self.path, self.name, name, study, seeds)
                    )
        return None

    @cached_property
    def drawn_place(self) -> tuple[str, StudyManifest] | None:
        """Return the name of the drawn variant and its study; None where no job finished."""
        places = [(name, study) for study in self.studies for name in study.variants]
        places.sort(key=lambda place: place[0] not in self.own_variants)
        jobs = {name: self.finished_jobs(name) for name, _ in places}
        with_diagnostics = [place for place in places if any((job / DIAGNOSTICS).is_file() for job in jobs[place[0]])]
        return next(iter([*with_diagnostics, *(place for place in places if jobs[place[0]])]), None)


def _read(file: Path, reader: Callable[[Path], Content]) -> Content:
    try:
        return reader(file)
    except UNREADABLE as error:
        raise UsageError(f"{file} cannot be read: {str(error).partition(chr(10))[0]}") from None
