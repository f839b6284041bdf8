"""One job: train on the fold's fitting rows, predict its test rows, store both.

A job's folder holds ``cost.json`` once the job has ended, and ``predictions.npz`` beside it where it ended well.
"""

import io
import json
import logging
import traceback
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float64

from mpcl_core.evaluation.metrics import micro_mean, window_scores
from mpcl_core.interfaces.data import Fold, Job, WindowSet, check_distributions
from mpcl_core.interfaces.errors import FAULTS, DataError, PluginError
from mpcl_core.jobs.execution import JobExecution, Metrics, Outcome
from mpcl_core.runs import layout
from mpcl_core.runs.atomic_files import write_whole
from mpcl_core.runs.journal import Journal
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.checkpoint import Checkpoint
from mpcl_core.training.component_errors import in_a_line
from mpcl_core.training.phase import fit_transforms
from mpcl_core.training.randomness import deterministic
from mpcl_core.training.robustness import evaluate
from mpcl_core.training.trained_network import TrainedNetwork, transformed
from mpcl_core.training.trainer import StepRequest, StepResult, Trainer, alone
from mpcl_core.training.window_store import WindowStore

log = logging.getLogger("mpcl.job")

Course = Generator[StepRequest, StepResult, Metrics]

VIEWED = 64
"""How many test rows of a job are kept for pictures, spread evenly."""


@dataclass(frozen=True)
class RunContext:
    """A run as a job sees it.

    Args:
        specs: its variants.
        observers: hook -> who is to be told, by the hook's arguments.
    """

    specs: Mapping[str, VariantSpec]
    observers: Mapping[str, Sequence[Callable[..., None]]] = field(default_factory=dict)


class Running:
    """A job at work, as a generator of turns, so that it may run alone or with others.

    Args:
        job: which, and where it writes.
        opened: the run.
        device: where a network is trained.
        store: where the rows of jobs that run together lie; None where it runs alone.
    """

    def __init__(self, job: Job, opened: RunContext, device: str, store: WindowStore | None = None) -> None:
        self.job, self.observers, self.device, self.store = job, opened.observers, device, store
        self.spec = opened.specs[job.variant]
        self.journal = Journal(job.folder / layout.JOURNAL)
        self.checkpoint = Checkpoint(job.folder / layout.CHECKPOINT / layout.TRAINING_STATE, self.journal)
        self.training: dict[str, int] = {}

    @property
    def threads(self) -> int:
        """How many the job computes on."""
        model = self.spec.model
        return model.train.threads if isinstance(model, NetworkSpec) else 1

    def course(self, windows: WindowSet, fold: Fold, number: int) -> Course:
        """Everything that the job does, turn by turn; it ends with the six metrics.

        Args:
            windows: the rows of the study.
            fold: the rows to fit and to test.
            number: the fold's number, part of the job's random state.
        """
        try:
            return (yield from self._course(windows, fold, number))
        except FAULTS as error:
            self.journal.write()  # how far it came
            self._tell("mpcl_job_failed", error=in_a_line(error))
            raise

    def _course(self, windows: WindowSet, fold: Fold, number: int) -> Course:
        rows = np.concatenate([fold.train, fold.validation])
        fitting, entropy = windows.take(rows), (self.job.seed, number)
        test = windows.take(fold.test)
        if isinstance(self.spec.model, NetworkSpec):
            train, validation = np.split(np.arange(len(rows)), [len(fold.train)])
            fitted = yield from self._trainer(self.spec.model, entropy).course(fitting, train, validation)
            D_pred = self._predicted(fitted, fitting, test, entropy)
        else:
            D_pred = self._estimated(self.spec.model.build(), fitting, test)
        self._check(D_pred, test)
        metrics = micro_mean(window_scores(test.D, D_pred).by_metric, test.weight)
        self.journal.line({"phase": "test", **self.training, **metrics})
        self.journal.write()
        self._write_arrays(layout.PREDICTIONS, _predictions(test, D_pred, fold))
        self._tell("mpcl_job_ended", metrics=metrics)
        self.checkpoint.remove()
        return metrics

    def _estimated(self, estimator: Any, fitting: WindowSet, test: WindowSet) -> Float64[np.ndarray, "N k"]:
        self.journal.begin()
        self._tell("mpcl_job_started", network=None, recipe=self.spec.recipe)
        transforms, fitting = fit_transforms(self.spec.transforms, fitting)
        D_pred: Float64[np.ndarray, "N k"] = estimator.fit(fitting).predict(transformed(test, transforms))
        return D_pred

    def _trainer(self, model: NetworkSpec, entropy: tuple[int, ...]) -> Trainer:
        return Trainer(
            model,
            self.spec.transforms,
            entropy,
            self.device,
            lambda network: self._tell("mpcl_job_started", network=network, recipe=self.spec.recipe),
            self._epoch_ended,
            self.checkpoint,
            self.store,
        )

    def _predicted(
        self, fitted: TrainedNetwork, fitting: WindowSet, test: WindowSet, entropy: tuple[int, ...]
    ) -> Float64[np.ndarray, "N k"]:
        self.training = {"epochs": fitted.epochs}
        fitted.save(self.job.folder / layout.CHECKPOINT)
        rows = fitted.rows(test)
        D_pred = fitted.predict(rows)
        some = np.unique(np.linspace(0, len(test) - 1, VIEWED).round().astype(np.int64))
        self._write_arrays(layout.DIAGNOSTICS, {"index": some, **fitted.diagnostics(rows, some)})
        if self.spec.robustness is not None:
            mean = np.average(fitting.D, axis=0, weights=fitting.weight)
            self._write_robustness(evaluate(fitted, test, mean, self.spec.robustness, entropy))
        return D_pred

    def _epoch_ended(self, epoch: int, metrics: Mapping[str, int | float | str]) -> None:
        self.journal.line({"epoch": epoch, **metrics})
        self._tell("mpcl_epoch_ended", epoch=epoch, metrics=metrics)

    def _write_arrays(self, name: str, arrays: Mapping[str, np.ndarray]) -> None:
        content = io.BytesIO()
        np.savez_compressed(content, **arrays)  # type: ignore[arg-type]
        write_whole(self.job.folder / name, content.getvalue())

    def _write_robustness(self, lines: Iterable[Mapping[str, object]]) -> None:
        text = "".join(json.dumps(line) + "\n" for line in lines)
        write_whole(self.job.folder / layout.ROBUSTNESS, text.encode())

    def _tell(self, hook: str, **news: object) -> None:
        for observer in self.observers.get(hook, ()):
            try:
                observer(job=self.job, **news)
            except FAULTS:  # an observer never breaks a run, nor hides anything from the others
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


def run_job(
    opener: Callable[[], RunContext], job: Job, windows: WindowSet, fold: Fold, number: int, device: str
) -> Outcome:
    """Run it alone and store what it leaves. A failure is recorded in the job's log, not raised.

    Args:
        opener: opens the run in this process.
        job: what to run, and where it writes.
        windows: the rows of the study.
        fold: the rows to fit and to test.
        number: the fold's number, part of the job's random state.
        device: where a network is trained.

    Raises:
        OSError: the disk is full.
    """

    def everything() -> Metrics:
        running = Running(job, opener(), device)
        with deterministic(running.threads):
            return alone(running.course(windows, fold, number))

    attended = JobExecution(job, number, device)
    attended.go_on(everything)
    if attended.outcome is None:
        raise RuntimeError("a job that runs alone wants no turns")
    return attended.outcome
