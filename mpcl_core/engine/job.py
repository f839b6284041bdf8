"""One job: train on the fold's fitting rows, predict its test rows, store both."""

import json
import logging
import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64

from mpcl_core.engine.randomness import deterministic, forked
from mpcl_core.engine.robustness import evaluate
from mpcl_core.engine.trainer import Trainer, fit_transforms, transformed
from mpcl_core.interfaces.blueprint import Blueprint, NetworkBlueprint
from mpcl_core.interfaces.data import Fold, Job, WindowSet, check_distributions
from mpcl_core.interfaces.errors import DataError, PluginError, UserError
from mpcl_core.results.metrics import micro_mean, row_scores

log = logging.getLogger("mpcl.job")

Predict = Callable[[WindowSet], Float64[np.ndarray, "N k"]]

VIEWED = 64
"""How many test rows of a job are kept for pictures, spread evenly."""


@dataclass(frozen=True)
class Opened:
    """A run as a job sees it: its variants, and the relay of the observing hooks (pluggy's ``hook``)."""

    blueprints: Mapping[str, Blueprint]
    hooks: Any


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    Args:
        job: which.
        metrics: the six metrics over its test rows; empty where it failed.
        seconds: how long it took.
        error: what went wrong, in one line.
    """

    job: Job
    metrics: Mapping[str, float]
    seconds: float
    error: str = ""


def run_job(
    opener: Callable[[], Opened], job: Job, windows: WindowSet, fold: Fold, number: int, device: str
) -> Outcome:
    """Run it and store what it leaves. A failure is recorded in the job's log, not raised.

    Args:
        opener: opens the run in this process.
        job: what to run, and where it writes.
        windows: the rows of the study.
        fold: the rows to fit and to test.
        number: the fold's number, part of the job's random state.
        device: where a network is trained.
    """
    started = time.perf_counter()
    metrics: Mapping[str, float] = {}
    message = ""
    job.folder.mkdir(parents=True, exist_ok=True)
    with _logged(job.folder / "job.log"):
        try:
            metrics = _Running(job, opener(), device).run(windows, fold, number)
        except UserError as error:
            message = str(error)
            log.error("%s", message)  # noqa: TRY400
        except Exception as error:
            message = f"{type(error).__name__}: {error}"
            log.error("%s", traceback.format_exc())  # noqa: TRY400
    seconds = time.perf_counter() - started
    (job.folder / "cost.json").write_text(json.dumps({"seconds": seconds, "peak_mib": _peak_mib(device)}) + "\n")
    return Outcome(job, metrics, seconds, message)


def _peak_mib(device: str) -> float | None:
    """The most memory that this process has held so far; on a GPU, that its tensors have taken there."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated() / 2**20
    if sys.platform != "linux":
        return None
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class _Running:
    def __init__(self, job: Job, opened: Opened, device: str) -> None:
        self.job, self.hooks, self.device = job, opened.hooks, device
        self.blueprint = opened.blueprints[job.variant]
        self.journal = job.folder / "metrics.jsonl"
        self.training: dict[str, int] = {}

    def run(self, windows: WindowSet, fold: Fold, number: int) -> Mapping[str, float]:
        self.journal.write_text("")
        model = self.blueprint.model
        threads = model.train.threads if isinstance(model, NetworkBlueprint) else 1
        with deterministic(threads), forked(self.job.seed, number):
            predict = self._fit(windows, fold, (self.job.seed, number))
            test = windows.take(fold.test)
            D_pred = predict(test)
        self._check(D_pred, test)
        metrics = micro_mean(row_scores(test.D, D_pred).rows, test.weight)
        self._write_line({"phase": "test", **self.training, **metrics})
        _write_arrays(self.job.folder / "predictions.npz", _predictions(test, D_pred, fold))
        self._tell("mpcl_job_ended", metrics=metrics)
        return metrics

    def _fit(self, windows: WindowSet, fold: Fold, entropy: tuple[int, ...]) -> Predict:
        rows = np.concatenate([fold.train, fold.validation])
        fitting = windows.take(rows)
        if isinstance(self.blueprint.model, NetworkBlueprint):
            train, validation = np.split(np.arange(len(rows)), [len(fold.train)])
            return self._train(self.blueprint.model, entropy, fitting, train, validation)
        self._tell("mpcl_job_started", network=None, recipe=self.blueprint.recipe)
        transforms, fitting = fit_transforms(self.blueprint.transforms, fitting)
        estimator = self.blueprint.model.build().fit(fitting)
        return lambda test: estimator.predict(transformed(test, transforms))

    def _train(
        self,
        model: NetworkBlueprint,
        entropy: tuple[int, ...],
        fitting: WindowSet,
        train: np.ndarray,
        validation: np.ndarray,
    ) -> Predict:
        trainer = Trainer(
            model,
            self.blueprint.transforms,
            entropy,
            self.device,
            lambda network: self._tell("mpcl_job_started", network=network, recipe=self.blueprint.recipe),
            self._epoch_ended,
        )
        fitted = trainer.fit(fitting, train, validation)
        self.training = {"epochs": fitted.epochs}
        mean = np.average(fitting.D, axis=0, weights=fitting.weight)
        fitted.save(self.job.folder / "checkpoint")

        def predict(test: WindowSet) -> Float64[np.ndarray, "N k"]:
            D_pred = fitted.predict(test)
            some = np.unique(np.linspace(0, len(test) - 1, VIEWED).round().astype(np.int64))
            _write_arrays(self.job.folder / "views.npz", {"index": some, **fitted.views(test.take(some))})
            if self.blueprint.robustness is not None:
                self._write_robustness(evaluate(fitted, test, mean, self.blueprint.robustness, entropy))
            return D_pred

        return predict

    def _epoch_ended(self, epoch: int, metrics: Mapping[str, int | float | str]) -> None:
        self._write_line({"epoch": epoch, **metrics})
        self._tell("mpcl_epoch_ended", epoch=epoch, metrics=metrics)

    def _write_line(self, values: Mapping[str, object]) -> None:
        with self.journal.open("a") as file:
            file.write(json.dumps(values) + "\n")

    def _write_robustness(self, lines: Iterable[Mapping[str, object]]) -> None:
        (self.job.folder / "robustness.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))

    def _tell(self, hook: str, **news: object) -> None:
        try:
            getattr(self.hooks, hook)(job=self.job, **news)
        except Exception:  # an observer never breaks a run
            log.warning("an observer of %s failed:\n%s", hook, traceback.format_exc())

    def _check(self, D_pred: np.ndarray, test: WindowSet) -> None:
        name = self.job.variant
        if D_pred.shape != test.D.shape:
            raise PluginError(f"'{name}' predicted shape {D_pred.shape} for {test.D.shape}")
        try:
            check_distributions(D_pred, "D_pred")
        except DataError as error:
            raise PluginError(f"'{name}' predicted what is no distribution: {error}") from error


def _predictions(test: WindowSet, D_pred: np.ndarray, fold: Fold) -> dict[str, np.ndarray]:
    columns = {name: getattr(test, name) for name in ("D", "weight", "subject", "trial", "window")}
    return {**columns, "D_pred": D_pred, "row": fold.test}


def _write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    os.replace(partial, path)  # noqa: PTH105


@contextmanager
def _logged(path: Path) -> Iterator[None]:
    handler = logging.FileHandler(path, mode="w")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("mpcl")
    logger.addHandler(handler)
    kept = logger.propagate
    logger.propagate = False
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            yield
        for warning in caught:
            log.warning("%s: %s", warning.category.__name__, warning.message)
    finally:
        logger.propagate = kept
        logger.removeHandler(handler)
        handler.close()
