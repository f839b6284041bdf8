"""Train on a fold's fitting windows, predict its test windows, and write both into the job's folder.

``cost.json`` is written when the job has ended, whether it failed or not; ``predictions.npz`` only where it succeeded.
"""

import logging
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from jaxtyping import Shaped

from mpcl_core.data.pooling import pooled
from mpcl_core.data.truth import without_labels
from mpcl_core.evaluation.error_bars import ErrorBars
from mpcl_core.evaluation.metrics import micro_mean, window_scores
from mpcl_core.interfaces.component_errors import describe_class, error_line
from mpcl_core.interfaces.components import Estimator, FittedTransform
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import is_interruption
from mpcl_core.interfaces.metric import MIX, plugin_scores
from mpcl_core.isolation.library_functions import preserve_libraries
from mpcl_core.isolation.library_imports import import_declared
from mpcl_core.isolation.loose_modules import refuse_loose_imports
from mpcl_core.jobs.execution import FoldJob, Metrics
from mpcl_core.jobs.job_files import write_diagnostics, write_model, write_predictions, write_robustness
from mpcl_core.jobs.job_windows import JobWindows
from mpcl_core.jobs.observers import JobObservers
from mpcl_core.jobs.prediction_check import checked_prediction
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.jobs.setting_search import HeldOutSteps, SettingSearch
from mpcl_core.model.ranges import merge_ranges, training_ranges
from mpcl_core.model.save import Training
from mpcl_core.runs import layout
from mpcl_core.runs.journal import Journal
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec, blocks, describe_plugins
from mpcl_core.training.checkpoint import Checkpoint
from mpcl_core.training.device import Device
from mpcl_core.training.estimator_fit import estimator_fit
from mpcl_core.training.held_out import calibrated, calibration_splits, predict_held_out
from mpcl_core.training.inner_folds import InnerSplit
from mpcl_core.training.robustness import evaluate_robustness
from mpcl_core.training.steps import StepRequest, StepResult
from mpcl_core.training.trained_network import TrainedNetwork
from mpcl_core.training.trainer import Trainer
from mpcl_core.training.transforms import apply_transforms
from mpcl_core.training.windows.window_store import WindowStore

log = logging.getLogger("mpcl.job")

JobSteps = Generator[StepRequest, StepResult, Metrics]
"""A job: yields the steps of its training, is sent their results, and returns its metrics."""

DIAGNOSTIC_WINDOWS = 64
"""Test windows of a job whose diagnostics are stored, spread evenly."""


class JobRunner:
    """Run one job as a generator of training steps, so that it runs by itself or in a cohort.

    Args:
        fold_job: the job.
        context: the run.
        device: where a network is trained.
        store: the window store of the job's cohort; None for a job by itself.
    """

    def __init__(self, fold_job: FoldJob, context: RunContext, device: str, store: WindowStore | None = None) -> None:
        self.job, self.fold, self.entropy = fold_job.job, fold_job.fold, fold_job.entropy
        self.context, self.device, self.store = context, device, store
        self.spec = context.specs[self.job.variant]
        self.observers = JobObservers(self.job, context.observers)
        self.journal = Journal(self.job.folder / layout.JOURNAL)
        self.checkpoint = Checkpoint(self.job.folder / layout.CHECKPOINT / layout.TRAINING_STATE, self.journal)

    @property
    def threads(self) -> int:
        """Return how many CPU threads the job computes on."""
        model = self.spec.model
        return model.train.threads if isinstance(model, NetworkSpec) else 1

    def steps(self, windows: WindowSet) -> JobSteps:
        """Run the job, and yield the steps of its training.

        Args:
            windows: the windows of the study.

        Yields:
            The next training step; its result has to be sent.

        Returns:
            The six metrics and those of plugins over the test windows.
        """
        try:
            return (yield from self._steps(windows))
        except BaseException as error:
            if is_interruption(error):
                raise
            self.journal.write()  # the epochs before the failure
            self.observers.call("mpcl_job_failed", error=error_line(error))
            raise

    def _steps(self, windows: WindowSet) -> JobSteps:
        device = Device(self.device, "32").torch_device
        own = JobWindows(windows, self.fold, device, self.spec.uses_signals, self.context.shares_fits)
        of_training: dict[str, object] = {}
        predicted: object
        import_declared(block.cls for block in blocks(self.spec))
        with preserve_libraries(describe_plugins(self.spec)):
            if self.spec.search is not None:
                search = SettingSearch(
                    self.spec.search, own.fitting.columns(), own.sides, self.entropy, self.job.folder
                )
                self.spec = yield from search.steps(partial(self._try_setting, own))
            if isinstance(self.spec.model, NetworkSpec):
                trained = yield from self._trainer(self.spec.model, own).steps(own.fitting, *own.sides)
                of_training = _describe_training(trained)
                predicted = self._predict(trained, own)
            else:
                predicted = self._fit_and_predict(own)
        D_pred = self._checked(predicted, own.test)
        refuse_loose_imports(self.context.modules)
        of_plugins = plugin_scores(self.context.metrics, own.test.D, D_pred)
        metrics = micro_mean(window_scores(own.test.D, D_pred).by_metric | of_plugins, own.test.weight)
        self.journal.line({"phase": "test", **of_training, **metrics})
        self.journal.write()
        write_predictions(self.job.folder, own.test, self.fold.test, D_pred, of_plugins)
        self.observers.call("mpcl_job_ended", metrics=metrics)
        self.checkpoint.remove()
        return metrics

    def _try_setting(self, own: JobWindows, spec: VariantSpec, split: InnerSplit) -> HeldOutSteps:
        """Train a candidate of a search on one side of a split, and predict the other side.

        Returns:
            The predictions.
        """
        if isinstance(spec.model, NetworkSpec):
            settings = spec.model.train.model_copy(update={"inner_folds": 1, "refit": True})
            trainer = Trainer(
                replace(spec.model, train=settings),
                spec.transforms,
                self.entropy,
                self.device,
                store=self.store,
                pool=spec.pool,
                unrated=own.unrated,
            )
            return (yield from trainer.held_out_steps(own.fitting, split))
        return predict_held_out(estimator_fit(spec, own.unrated), own.fitting.windows(), [split])[0]

    def _trainer(self, model: NetworkSpec, own: JobWindows) -> Trainer:
        return Trainer(
            model,
            self.spec.transforms,
            self.entropy,
            self.device,
            on_network_built=lambda network: self.observers.call(
                "mpcl_job_started", network=network, recipe=self.spec.recipe
            ),
            on_epoch_ended=self._on_epoch_ended,
            checkpoint=self.checkpoint,
            store=self.store,
            pool=self.spec.pool,
            unrated=own.unrated,
            error_bars=self.spec.error_bars,
        )

    def _on_epoch_ended(self, epoch: int, metrics: Mapping[str, int | float | str]) -> None:
        self.journal.line({"epoch": epoch, **metrics})
        self.observers.call("mpcl_epoch_ended", epoch=epoch, metrics=metrics)

    def _predict(self, trained: TrainedNetwork, own: JobWindows) -> Shaped[np.ndarray, "N k"]:
        """Predict the test windows, and write the model, diagnostics and robustness scores.

        Returns:
            (N, k) D_pred.
        """
        columns = own.fitting.columns()
        if self.context.save_models:
            error_bars = calibrated(columns, trained.held_out, self.spec.error_bars, own.sides)
            self._write_model(own, trained.transforms, trained, error_bars)
        prepared = trained.prepare(without_labels(own.test))
        D_pred = trained.predict(prepared)
        some = np.unique(np.linspace(0, len(own.test) - 1, DIAGNOSTIC_WINDOWS).round().astype(np.int64))
        write_diagnostics(self.job.folder, some, trained.diagnostics(prepared, some))
        if self.spec.robustness is not None:
            mean = np.average(columns.D, axis=0, weights=columns.weight)
            lines = evaluate_robustness(
                trained, own.test, mean, self.spec.robustness, self.entropy, self.context.metrics
            )
            write_robustness(self.job.folder, lines)
        return D_pred

    def _fit_and_predict(self, own: JobWindows) -> object:
        """Fit an estimator, predict the test windows, and write the model.

        Returns:
            D_pred, not yet checked.
        """
        self.journal.begin()
        self.observers.call("mpcl_job_started", network=None, recipe=self.spec.recipe)
        columns, estimators = own.fitting.columns(), estimator_fit(self.spec, own.unrated)
        found = estimators.fit_transformed(*own.fitting.fit_transform(estimators.transforms))
        transforms, (fitted,) = found.transforms, found.estimators
        rows = pooled(apply_transforms(without_labels(own.test), transforms), self.spec.pool)
        D_pred = fitted.predict(rows.windows)
        if self.spec.pool is not None:
            D_pred = self._checked(D_pred, rows.windows)[rows.trial]
        if self.context.save_models:
            self._write_model(own, transforms, fitted, self._estimator_error_bars(own, columns))
        return D_pred

    def _estimator_error_bars(self, own: JobWindows, columns: WindowSet) -> ErrorBars:
        """Calibrate error bars by further fits; a fit that fails leaves none, and the job's predictions stand.

        Returns:
            The error bars.
        """
        settings = self.spec.error_bars
        try:
            splits = calibration_splits(columns, own.sides, settings, self.entropy)
            if not splits:
                return calibrated(columns, None, settings, own.sides)
            held_out = predict_held_out(estimator_fit(self.spec, own.unrated), own.fitting.windows(), splits)[0]
            return calibrated(columns, held_out, settings, own.sides)
        except Exception as error:
            log.warning("this job has no error bars: %s", error_line(error))
            return ErrorBars(coverage=settings.coverage, reason=f"a further fit failed: {error_line(error)}")

    def _write_model(
        self,
        own: JobWindows,
        transforms: Sequence[FittedTransform],
        trained: TrainedNetwork | Estimator,
        error_bars: ErrorBars,
    ) -> None:
        fitting = own.fitting
        learnt_from = replace(
            fitting.windows() if self.spec.name_trials else fitting.columns(), modalities=own.modalities
        )
        ranges = merge_ranges(fitting.measured("ranges", training_ranges)) if self.spec.uses_signals else {}
        training = Training(
            self.spec, learnt_from, transforms, trained, self.job.seed, self.job.fold, error_bars, ranges=ranges
        )
        write_model(self.job.folder, training)

    def _checked(self, D_pred: object, windows: WindowSet) -> np.ndarray:
        model = self.spec.model
        name = f"'{self.job.variant}'" if isinstance(model, NetworkSpec) else describe_class(model.cls)
        return checked_prediction(D_pred, windows.D.shape, name)


def _describe_training(trained: TrainedNetwork) -> dict[str, object]:
    """Return what the test line of the journal states of a training.

    Returns:
        Key -> value.
    """
    shares = {MIX: trained.mixture.named_shares()} if trained.mixture else {}
    return {"epochs": trained.epochs, **shares}
