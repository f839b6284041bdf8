"""Plan experiments with jobs of a study, under conditions that should not change a fold's predictions.

The same job is run alone, again, after the job of another fold, with other labels in its test windows, and with half
of its test windows. `job_findings` compares the results.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64

from mpcl_core.data.plan import Study
from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.leaks.scaled_neighbours import nearest_scaled
from mpcl_core.leaks.traced_job import ExperimentJob
from mpcl_core.leaks.variant_components import list_components
from mpcl_core.leaks.window_groups import untested_fitting_indices
from mpcl_core.leaks.window_marks import MarkedWindows, mark_windows
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.toolkit.window_features import window_features

MAX_WINDOWS = 300
"""About how many windows a job has."""

EPOCHS = 2

ALONE, REPEATED, AFTER_ANOTHER_JOB, HALF_OF_TEST = "alone", "repeated", "after another job", "half of the test windows"
MEAN_LABELS, NEAREST_LABELS = "mean labels", "nearest labels"
LABEL_EXPERIMENTS = (MEAN_LABELS, NEAREST_LABELS)


@dataclass(frozen=True)
class JobExperiments:
    """Plan the experiments with a study's jobs.

    Args:
        study: its windows and folds.
        variants: names of the variants whose jobs are run; among them they have every component of the study.
        windows: the windows that are used.
        fold: the fold that is examined.
        earlier_job: the job that is run before it: the number of its fold, and its seed.
        seed: the seed of the examined job.
    """

    study: Study
    variants: tuple[str, ...]
    windows: MarkedWindows
    fold: Fold
    earlier_job: tuple[int, int]
    seed: int

    def jobs(self) -> dict[str, list[ExperimentJob]]:
        """Return the jobs of each experiment, which run one after the other in one process.

        Returns:
            Name of an experiment -> its jobs: one of each variant; after another job two, with half of the test
            windows three.
        """
        windows, fold = self.windows.select_fold(self.fold)
        mean, near = _with_mean_labels(windows, fold), _with_nearest_labels(windows, fold)
        half = replace(fold, test=fold.test[::2])
        number, seed = self.earlier_job
        earlier = self.windows.select_fold(self.study.folds[number])
        jobs = [
            ExperimentJob(name, self.seed, 0, windows, fold, EPOCHS, perturb_weights=True) for name in self.variants
        ]
        return {
            ALONE: jobs,
            REPEATED: jobs,
            AFTER_ANOTHER_JOB: [
                one
                for name, job in zip(self.variants, jobs, strict=True)
                for one in (ExperimentJob(name, seed, number, *earlier, EPOCHS, perturb_weights=True), job)
            ],
            MEAN_LABELS: [replace(job, windows=mean) for job in jobs],
            NEAREST_LABELS: [replace(job, windows=near) for job in jobs],
            HALF_OF_TEST: [
                one
                for job in jobs
                for one in (
                    replace(job, fold=half),
                    replace(job, transform_first=True),
                    replace(job, fold=half, transform_first=True),
                )
            ],
        }


def plan_job_experiments(study: Study, specs: Mapping[str, VariantSpec], seed: int) -> JobExperiments:
    """Plan experiments with the first fold of a study.

    Args:
        study: its windows and folds.
        specs: name -> variant.
        seed: the seed of the examined jobs.

    Returns:
        The experiments. The earlier job is that of the second fold; of the same fold with another seed where there
        is only one.
    """
    fold, *others = study.folds
    earlier_job = (1, seed) if others else (0, seed + 1)
    windows = mark_windows(study.windows, [fold, study.folds[earlier_job[0]]], MAX_WINDOWS)
    return JobExperiments(study, _cover_components(study.variants, specs), windows, fold, earlier_job, seed)


def _cover_components(variants: Sequence[str], specs: Mapping[str, VariantSpec]) -> tuple[str, ...]:
    """Choose variants that have every component among them, those of the recipe before the baselines.

    Args:
        variants: names of the study's variants.
        specs: name -> variant.

    Returns:
        The names of the chosen variants.
    """
    covered: set[tuple[type[Component], str]] = set()
    chosen = []
    for name in sorted(variants, key=lambda name: not specs[name].baselines):
        if new := list_components(specs[name]) - covered:
            covered |= new
            chosen.append(name)
    return tuple(chosen)


def _with_mean_labels(windows: WindowSet, fold: Fold) -> WindowSet:
    """Give each test window the mean label of the fitting windows.

    A choice by these labels prefers the smoothest model.

    Args:
        windows: the windows of the experiment.
        fold: its fold.

    Returns:
        The windows with changed labels.
    """
    mean = windows.D[untested_fitting_indices(fold)].mean(0, keepdims=True)
    return _with_test_labels(windows, fold, np.repeat(mean, len(fold.test), axis=0))


def _with_nearest_labels(windows: WindowSet, fold: Fold) -> WindowSet:
    """Give each test window the label of the nearest fitting window.

    A choice by these labels prefers the sharpest model.

    Args:
        windows: the windows of the experiment.
        fold: its fold.

    Returns:
        The windows with changed labels.
    """
    fitting = untested_fitting_indices(fold)
    values = window_features(windows)
    neighbours = nearest_scaled(values[fitting], values[fold.test], 1)[:, 0]
    return _with_test_labels(windows, fold, windows.D[fitting[neighbours]])


def _with_test_labels(windows: WindowSet, fold: Fold, D: Float64[np.ndarray, "T k"]) -> WindowSet:
    changed = windows.D.copy()
    changed[fold.test] = D
    return replace(windows, D=changed)
