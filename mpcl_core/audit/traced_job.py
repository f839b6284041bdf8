"""Jobs that are run to see what reaches what: short, in a fresh process, watched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64, Int64
from torch import nn

from mpcl_core.audit.observed_components import Event, Log, watched
from mpcl_core.audit.window_groups import unmarked
from mpcl_core.interfaces.data import Fold, Job, WindowSet, concatenate
from mpcl_core.jobs.job import run_job
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.runs.layout import PREDICTIONS
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.transforms import apply_transforms, fit_transforms

Opener = partial[RunContext]
"""Opens the variants in whatever process it is called; picklable."""

NOISE = 0.1
"""Of the weights that a network is given before its first step."""


@dataclass(frozen=True)
class Step:
    """One job of a rehearsal.

    Args:
        variant, seed, number: what runs, as in a run; ``number`` is the fold's.
        windows, fold: the rows that it fits and tests.
        epochs: the most that a network is trained.
        stirred: a network starts from other weights, so that no part of it begins without influence.
        blind: the labels of the test rows are hidden from every component.
        settled: the fitted transforms are applied before, to all rows behind the fitting rows, and not in the job.
    """

    variant: str
    seed: int
    number: int
    windows: WindowSet
    fold: Fold
    epochs: int
    stirred: bool = False
    blind: bool = False
    settled: bool = False


@dataclass(frozen=True)
class Trace:
    """What a job did.

    Args:
        events: of its components.
        tested: the marks of its test rows.
        D_pred: of its test rows; empty where it failed.
        error: why it failed.
    """

    events: tuple[Event, ...]
    tested: Int64[np.ndarray, "_"]
    D_pred: Float64[np.ndarray, "T k"]
    error: str


def _stir(job: Job, network: nn.Module | None, recipe: Mapping[str, Any]) -> None:
    """Other weights to start from."""
    rng = torch.Generator().manual_seed(0)
    for weights in network.parameters() if network else ():
        weights.data += NOISE * torch.randn(weights.shape, generator=rng)


def rehearse(opener: Opener, steps: Sequence[Step]) -> list[Trace]:
    """Run these jobs one after the other in this process."""
    specs = opener().specs
    with TemporaryDirectory() as folder:
        return [_run(specs, step, Path(folder) / str(place)) for place, step in enumerate(steps)]


def _run(specs: Mapping[str, VariantSpec], step: Step, folder: Path) -> Trace:
    tested, fitting = (unmarked(step.windows.weight[rows]) for rows in (step.fold.test, _fitting(step.fold)))
    log = Log(frozenset(np.setdiff1d(tested, fitting).tolist() if step.blind else ()))
    spec = _short(specs[step.variant], step.epochs)
    windows = step.windows
    if step.settled:
        windows, spec = _settled(windows, step.fold, spec), replace(spec, transforms=())
    opened = RunContext({step.variant: watched(spec, log)}, {"mpcl_job_started": [_stir] if step.stirred else []})
    job = Job(step.variant, step.seed, step.fold.label, folder)
    outcome = run_job(lambda: opened, job, windows, step.fold, step.number, "cpu")
    D_pred = step.windows.D[:0] if outcome.error else _predicted(folder / PREDICTIONS)
    return Trace(tuple(log.events), tested, D_pred, outcome.error)


def _predicted(path: Path) -> Float64[np.ndarray, "T k"]:
    with np.load(path, allow_pickle=False) as stored:
        D_pred: Float64[np.ndarray, "T k"] = stored["D_pred"]
    return D_pred


def _settled(windows: WindowSet, fold: Fold, spec: VariantSpec) -> WindowSet:
    rows = _fitting(fold)
    fitting, rest = windows.take(rows), windows.take(np.arange(len(rows), len(windows)))
    transforms, fitting = fit_transforms(spec.transforms, fitting)
    return concatenate([fitting, apply_transforms(rest, transforms)])


def _fitting(fold: Fold) -> Int64[np.ndarray, "_"]:
    return np.concatenate([fold.train, fold.validation])


def _short(spec: VariantSpec, epochs: int) -> VariantSpec:
    model = spec.model
    if not isinstance(model, NetworkSpec):
        return spec
    few = min(epochs, model.train.epochs)
    changes = {"epochs": few, "patience": min(few, model.train.patience), "precision": "32", "inner_folds": 1}
    train = model.train.model_copy(update=changes)
    return replace(spec, model=replace(model, train=train))
