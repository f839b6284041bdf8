"""Run short jobs with recorded components, to see what depends on what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64
from torch import nn

from mpcl_core.data.truth import with_columns_of, without_labels
from mpcl_core.interfaces.data import Fold, Job, WindowSet, concatenate
from mpcl_core.jobs.execution import FoldJob
from mpcl_core.jobs.job import run_job
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.leaks.recorded_components import Event, EventLog, record_components
from mpcl_core.leaks.window_groups import Indices, fitting_indices
from mpcl_core.leaks.window_marks import read_marks
from mpcl_core.runs.layout import PREDICTIONS
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import SearchSpec, VariantSpec
from mpcl_core.training.transforms import apply_transforms, fit_transforms

ContextOpener = partial[RunContext]
"""Opens the variants of a recipe in the process that calls it; can be pickled."""

SEARCH_TRIALS = 2
"""Settings that the search of an experiment tries, beside the recipe's own."""

NOISE = 0.1
"""Standard deviation of what is added to the weights of a network before its first step."""


@dataclass(frozen=True)
class ExperimentJob:
    """Describe one job of an experiment.

    Its model learns windows even where the recipe pools them (``pool``), so that windows have marks of their own.

    Args:
        variant, seed, fold_number: which job it is.
        windows, fold: the windows that it fits and tests.
        epochs: the largest number of epochs that a network is trained.
        perturb_weights: start a network from perturbed weights, so that no part of it starts without influence.
        transform_first: apply the fitted transforms before the job, to all windows after the fitting windows.
    """

    variant: str
    seed: int
    fold_number: int
    windows: WindowSet
    fold: Fold
    epochs: int
    perturb_weights: bool = False
    transform_first: bool = False


@dataclass(frozen=True)
class JobTrace:
    """Hold what a job did.

    Args:
        events: the calls of its components, in order.
        tested: the marks of its T test windows.
        D_pred: the predictions of its test windows (T, k); empty where it failed.
        error: why it failed; empty where it did not.
    """

    events: tuple[Event, ...]
    tested: Indices
    D_pred: Float64[np.ndarray, "T k"]
    error: str


def run_experiment(opener: ContextOpener, jobs: Sequence[ExperimentJob]) -> list[JobTrace]:
    """Run jobs one after the other in this process.

    Args:
        opener: opens the recipe.
        jobs: the jobs, in order.

    Returns:
        The trace of each job.
    """
    specs = opener().specs
    with TemporaryDirectory() as folder:
        return [_run(specs, job, Path(folder) / str(number)) for number, job in enumerate(jobs)]


def _run(specs: Mapping[str, VariantSpec], job: ExperimentJob, folder: Path) -> JobTrace:
    weight = job.windows.weight
    tested, log = read_marks(weight[job.fold.test]), EventLog()
    spec, windows = specs[job.variant], job.windows
    if job.transform_first:
        windows = _transform(windows, job.fold, spec)
    observers = {"mpcl_job_started": [_perturb]} if job.perturb_weights else {}
    context = RunContext({job.variant: _recorded(spec, job, log)}, observers, save_models=False, shares_fits=False)
    fold_job = FoldJob(Job(job.variant, job.seed, job.fold.label, folder), job.fold, job.fold_number)
    outcome = run_job(lambda: context, fold_job, windows, "cpu")
    D_pred = job.windows.D[:0] if outcome.error else _read_predictions(folder / PREDICTIONS)
    return JobTrace(tuple(log.events), tested, D_pred, outcome.error)


def _recorded(spec: VariantSpec, job: ExperimentJob, log: EventLog) -> VariantSpec:
    """Shorten a variant and record its components, and those of every candidate of its search.

    Returns:
        The variant; its search tries few settings.
    """
    search = spec.search
    spec = replace(_shortened(spec, job.epochs), pool=None)
    if job.transform_first:
        spec = replace(spec, transforms=())
    recorded = record_components(spec, log)
    if search is None:
        return recorded
    settings = search.settings.model_copy(update={"trials": min(SEARCH_TRIALS, search.settings.trials)})
    return replace(recorded, search=SearchSpec(settings, lambda values: _recorded(search.candidate(values), job, log)))


def _perturb(job: Job, network: nn.Module | None, recipe: Mapping[str, Any]) -> None:
    rng = torch.Generator().manual_seed(0)
    for weights in network.parameters() if network else ():
        weights.data += NOISE * torch.randn(weights.shape, generator=rng)


def _read_predictions(path: Path) -> Float64[np.ndarray, "T k"]:
    with np.load(path, allow_pickle=False) as stored:
        D_pred: Float64[np.ndarray, "T k"] = stored["D_pred"]
    return D_pred


def _transform(windows: WindowSet, fold: Fold, spec: VariantSpec) -> WindowSet:
    n_fitting = len(fitting_indices(fold))
    fitting, rest = windows.take(fitting_indices(fold)), windows.take(np.arange(n_fitting, len(windows)))
    transforms, fitting = fit_transforms(spec.transforms, fitting)
    return concatenate([fitting, with_columns_of(apply_transforms(without_labels(rest), transforms), rest)])


def _shortened(spec: VariantSpec, epochs: int) -> VariantSpec:
    model = spec.model
    if not isinstance(model, NetworkSpec):
        return spec
    epochs = min(epochs, model.train.epochs)
    changes = {"epochs": epochs, "patience": min(epochs, model.train.patience), "precision": "32", "inner_folds": 1}
    train = model.train.model_copy(update=changes)
    return replace(spec, model=replace(model, train=train))
