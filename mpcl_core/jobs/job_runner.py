"""Train on a fold's fitting windows, predict its test windows, and write both into the job's folder.

``cost.json`` is written when the job has ended, whether it failed or not; ``predictions.npz`` only where it succeeded.
"""

import json
import logging
import traceback
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float64

from mpcl_core.data.pooling import pooled
from mpcl_core.data.truth import without_labels
from mpcl_core.evaluation.error_bars import ErrorBars
from mpcl_core.evaluation.metrics import micro_mean, plugin_scores, window_scores
from mpcl_core.interfaces.component_errors import describe_class, error_line
from mpcl_core.interfaces.components import Estimator, FittedTransform
from mpcl_core.interfaces.data import Fold, Job, Modality, WindowSet, check_distributions
from mpcl_core.interfaces.data.selection import select_windows
from mpcl_core.interfaces.errors import DataError, PluginError, is_interruption
from mpcl_core.interfaces.metric import MIX
from mpcl_core.isolation.library_functions import preserve_libraries
from mpcl_core.isolation.loose_modules import refuse_loose_imports
from mpcl_core.jobs.execution import Metrics
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.jobs.setting_search import HeldOutSteps, SettingSearch
from mpcl_core.model.ranges import ModalityRange, merge_ranges, training_ranges
from mpcl_core.model.save import Training, save_model
from mpcl_core.runs import layout
from mpcl_core.runs.atomic_files import write_atomically, write_json
from mpcl_core.runs.journal import Journal
from mpcl_core.runs.layout import run_of_job
from mpcl_core.runs.predictions import METRIC_PREFIX
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec, describe_plugins
from mpcl_core.toolkit.archives import pack_arrays
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
from mpcl_core.training.windows.study_windows import FittingWindows, StudyWindows, study_windows
from mpcl_core.training.windows.window_store import WindowStore

log = logging.getLogger("mpcl.job")

JobSteps = Generator[StepRequest, StepResult, Metrics]
"""A job: yields the steps of its training, is sent their results, and returns its metrics."""

DIAGNOSTIC_WINDOWS = 64
"""Test windows of a job whose diagnostics are stored, spread evenly."""


class JobRunner:
    """Run one job as a generator of training steps, so that it runs by itself or in a cohort.

    Args:
        job: the job and its folder.
        context: the run.
        device: where a network is trained.
        store: the window store of the job's cohort; None for a job by itself.
    """

    def __init__(self, job: Job, context: RunContext, device: str, store: WindowStore | None = None) -> None:
        self.job, self.observers, self.device, self.store = job, context.observers, device, store
        self.save_models, self.shares_fits = context.save_models, context.shares_fits
        self.metrics = context.metrics
        self.spec, self.modules = context.specs[job.variant], context.modules
        self.journal = Journal(job.folder / layout.JOURNAL)
        self.checkpoint = Checkpoint(job.folder / layout.CHECKPOINT / layout.TRAINING_STATE, self.journal)
        self.training: dict[str, object] = {}

    @property
    def threads(self) -> int:
        """Return how many CPU threads the job computes on."""
        model = self.spec.model
        return model.train.threads if isinstance(model, NetworkSpec) else 1

    def steps(self, windows: WindowSet, fold: Fold, number: int) -> JobSteps:
        """Run the job, and yield the steps of its training.

        Args:
            windows: the windows of the study.
            fold: which of them fit and which test.
            number: the fold's number, part of the job's random state.

        Yields:
            The next training step; its result has to be sent.

        Returns:
            The six metrics and those of plugins over the test windows.
        """
        try:
            return (yield from self._steps(windows, fold, number))
        except BaseException as error:
            if is_interruption(error):
                raise
            self.journal.write()  # the epochs before the failure
            self._call_observers("mpcl_job_failed", error=error_line(error))
            raise

    def _steps(self, windows: WindowSet, fold: Fold, number: int) -> JobSteps:
        fitting_positions, entropy = np.concatenate([fold.train, fold.validation]), (self.job.seed, number)
        modalities = windows.modalities
        if not self.spec.uses_signals:
            windows = replace(windows, modalities=(), X={}, present={})
        truth = replace(windows, X={}, present={}).take(fold.test)  # handed to no component
        unrated = without_labels(windows.take(fold.unrated))
        predicted: object
        with preserve_libraries(describe_plugins(self.spec)):
            sides = InnerSplit(*np.split(np.arange(len(fitting_positions)), [len(fold.train)]))
            if self.spec.search is not None:
                fitting = self._study(windows).part(fitting_positions)
                search = SettingSearch(self.spec.search, fitting.columns, sides, entropy, self.job.folder)
                self.spec = yield from search.steps(
                    lambda spec, split: self._held_out(spec, fitting, split, entropy, unrated)
                )
            if isinstance(self.spec.model, NetworkSpec):
                fitting = self._study(windows).part(fitting_positions)
                trained = yield from self._trainer(self.spec.model, entropy, unrated).steps(fitting, *sides)
                test = _with_signals(truth, windows, fold.test)
                predicted = self._predict(trained, fitting, sides, test, entropy)
            else:
                fitting = self._study(windows).part(fitting_positions)
                test = _with_signals(truth, windows, fold.test)
                predicted = self._fit_and_predict(fitting, sides, unrated, test, entropy, modalities)
        D_pred = self._checked(predicted, test)
        refuse_loose_imports(self.modules)
        of_plugins = plugin_scores(self.metrics, test.D, D_pred)
        metrics = micro_mean(window_scores(test.D, D_pred).by_metric | of_plugins, test.weight)
        self.journal.line({"phase": "test", **self.training, **metrics})
        self.journal.write()
        stored = {METRIC_PREFIX + name: scores for name, scores in of_plugins.items()}
        self._write_arrays(layout.PREDICTIONS, _predictions(test, D_pred, fold) | stored)
        self._call_observers("mpcl_job_ended", metrics=metrics)
        self.checkpoint.remove()
        return metrics

    def _held_out(
        self,
        spec: VariantSpec,
        fitting: FittingWindows,
        split: InnerSplit,
        entropy: tuple[int, ...],
        unrated: WindowSet,
    ) -> HeldOutSteps:
        """Train a candidate of a search on one side of a split, and predict the other side.

        Returns:
            The predictions.
        """
        if isinstance(spec.model, NetworkSpec):
            settings = spec.model.train.model_copy(update={"inner_folds": 1, "refit": True})
            model = replace(spec.model, train=settings)
            trainer = Trainer(
                model, spec.transforms, entropy, self.device, store=self.store, pool=spec.pool, unrated=unrated
            )
            return (yield from trainer.held_out_steps(fitting, split))
        return predict_held_out(estimator_fit(spec, unrated), fitting.windows(), [split])[0]

    def _fit_and_predict(
        self,
        fitting: FittingWindows,
        sides: InnerSplit,
        unrated: WindowSet,
        test: WindowSet,
        entropy: tuple[int, ...],
        modalities: Sequence[Modality],
    ) -> object:
        """Fit an estimator, predict the test windows, and store the model with the study's modalities.

        Returns:
            D_pred, not yet checked.
        """
        self.journal.begin()
        self._call_observers("mpcl_job_started", network=None, recipe=self.spec.recipe)
        estimators = estimator_fit(self.spec, unrated)
        found = estimators.fit_transformed(*fitting.fit_transform(estimators.transforms))
        transforms, (fitted,) = found.transforms, found.estimators
        rows = pooled(apply_transforms(without_labels(test), transforms), self.spec.pool)
        D_pred = fitted.predict(rows.windows)
        if self.spec.pool is not None:
            D_pred = self._checked(D_pred, rows.windows)[rows.trial]
        if self.save_models:
            error_bars = self._estimator_error_bars(fitting, sides, unrated, entropy)
            ranges = _ranges(fitting) if self.spec.uses_signals else {}
            learnt_from = replace(self._learnt_from(fitting), modalities=tuple(modalities))
            self._save_model(self._training(learnt_from, transforms, fitted, error_bars, ranges))
        return D_pred

    def _estimator_error_bars(
        self, fitting: FittingWindows, sides: InnerSplit, unrated: WindowSet, entropy: tuple[int, ...]
    ) -> ErrorBars:
        """Calibrate error bars by further fits; a fit that fails leaves none, and the job's predictions stand.

        Returns:
            The error bars.
        """
        settings, columns = self.spec.error_bars, fitting.columns
        try:
            splits = calibration_splits(columns, sides, settings, entropy)
            if not splits:
                return calibrated(columns, None, settings, sides)
            held_out = predict_held_out(estimator_fit(self.spec, unrated), fitting.windows(), splits)[0]
            return calibrated(columns, held_out, settings, sides)
        except Exception as error:
            log.warning("this job has no error bars: %s", error_line(error))
            return ErrorBars(coverage=settings.coverage, reason=f"a further fit failed: {error_line(error)}")

    def _training(
        self,
        fitting: WindowSet,
        transforms: Sequence[FittedTransform],
        trained: TrainedNetwork | Estimator,
        error_bars: ErrorBars,
        ranges: Mapping[str, ModalityRange],
    ) -> Training:
        return Training(
            self.spec, fitting, transforms, trained, self.job.seed, self.job.fold, error_bars, ranges=ranges
        )

    def _save_model(self, training: Training) -> None:
        """Write the job's model where the run keeps models, or log why one of its components cannot be stored."""
        if not self.save_models:
            return
        write_json(self.job.folder / layout.ERROR_BARS, training.error_bars.as_json())
        plugins = sorted((run_of_job(self.job.folder) / layout.PLUGINS).glob("*.py"))
        try:
            save_model(self.job.folder / layout.MODEL, training, plugins)
        except OSError:
            raise
        except Exception as error:
            (self.job.folder / layout.MODEL / layout.MODEL_DESCRIPTION).unlink(missing_ok=True)
            log.warning("this job leaves no model: %s", error_line(error))

    def _trainer(self, model: NetworkSpec, entropy: tuple[int, ...], unrated: WindowSet) -> Trainer:
        return Trainer(
            model,
            self.spec.transforms,
            entropy,
            self.device,
            on_network_built=lambda network: self._call_observers(
                "mpcl_job_started", network=network, recipe=self.spec.recipe
            ),
            on_epoch_ended=self._on_epoch_ended,
            checkpoint=self.checkpoint,
            store=self.store,
            pool=self.spec.pool,
            unrated=unrated,
            error_bars=self.spec.error_bars,
        )

    def _learnt_from(self, fitting: FittingWindows) -> WindowSet:
        return fitting.windows() if self.spec.name_trials else fitting.columns

    def _study(self, windows: WindowSet) -> StudyWindows:
        device = Device(self.device, "32").torch_device
        return study_windows(windows, device) if self.shares_fits else StudyWindows(windows, device, shares=False)

    def _predict(
        self,
        trained: TrainedNetwork,
        fitting: FittingWindows,
        sides: InnerSplit,
        test: WindowSet,
        entropy: tuple[int, ...],
    ) -> Float64[np.ndarray, "N k"]:
        """Predict the test windows, and write weights, diagnostics and robustness scores.

        Returns:
            (N, k) D_pred.
        """
        self.training = {"epochs": trained.epochs}
        if trained.mixture:
            self.training[MIX] = trained.mixture.named_shares()
        columns = fitting.columns
        error_bars = calibrated(columns, trained.held_out, self.spec.error_bars, sides)
        if self.save_models:
            ranges = _ranges(fitting)
            self._save_model(
                self._training(self._learnt_from(fitting), trained.transforms, trained, error_bars, ranges)
            )
        prepared = trained.prepare(without_labels(test))
        D_pred = trained.predict(prepared)
        some = np.unique(np.linspace(0, len(test) - 1, DIAGNOSTIC_WINDOWS).round().astype(np.int64))
        self._write_arrays(layout.DIAGNOSTICS, {"index": some, **trained.diagnostics(prepared, some)})
        if self.spec.robustness is not None:
            mean = np.average(columns.D, axis=0, weights=columns.weight)
            self._write_robustness(
                evaluate_robustness(trained, test, mean, self.spec.robustness, entropy, self.metrics)
            )
        return D_pred

    def _on_epoch_ended(self, epoch: int, metrics: Mapping[str, int | float | str]) -> None:
        self.journal.line({"epoch": epoch, **metrics})
        self._call_observers("mpcl_epoch_ended", epoch=epoch, metrics=metrics)

    def _write_arrays(self, name: str, arrays: Mapping[str, np.ndarray]) -> None:
        write_atomically(self.job.folder / name, pack_arrays(arrays))

    def _write_robustness(self, lines: Iterable[Mapping[str, object]]) -> None:
        text = "".join(json.dumps(line) + "\n" for line in lines)
        write_atomically(self.job.folder / layout.ROBUSTNESS, text.encode())

    def _call_observers(self, hook: str, **arguments: object) -> None:
        """Call every observer of a hook; one that fails is logged and affects neither the job nor the others."""
        for observer in self.observers.get(hook, ()):
            try:
                observer(job=self.job, **arguments)
            except BaseException as error:
                if is_interruption(error):
                    raise
                log.warning("an observer of %s failed:\n%s", hook, traceback.format_exc())

    def _checked(self, D_pred: object, test: WindowSet) -> np.ndarray:
        """Check that predictions are distributions, one a test window.

        Returns:
            (N, k) a copy of them.

        Raises:
            PluginError: they are not.
        """
        name, expected = self._model_name(), f"an array of real numbers of shape {test.D.shape}"
        if not isinstance(D_pred, np.ndarray):
            raise PluginError(f"{name} predicted a value of type {type(D_pred).__name__}, not {expected}")
        if D_pred.dtype.kind not in "fiu":
            raise PluginError(f"{name} predicted values of type {D_pred.dtype}, not {expected}")
        if D_pred.shape != test.D.shape:
            raise PluginError(f"{name} predicted an array of shape {D_pred.shape}, not {expected}")
        try:
            check_distributions(D_pred, "D_pred")
        except DataError as error:
            raise PluginError(f"{name} predicted values that are no distributions: {error}") from error
        return D_pred.copy()

    def _model_name(self) -> str:
        model = self.spec.model
        return f"'{self.job.variant}'" if isinstance(model, NetworkSpec) else describe_class(model.cls)


def _with_signals(truth: WindowSet, windows: WindowSet, positions: np.ndarray) -> WindowSet:
    """Add the signals of test windows, which would take memory during the training.

    Returns:
        The test windows with their labels.
    """
    select = select_windows(positions)
    X, present = ({name: select(each) for name, each in of.items()} for of in (windows.X, windows.present))
    return replace(truth, X=X, present=present)


def _ranges(fitting: FittingWindows) -> dict[str, ModalityRange]:
    return merge_ranges(fitting.measured("ranges", training_ranges))


def _predictions(test: WindowSet, D_pred: np.ndarray, fold: Fold) -> dict[str, np.ndarray]:
    columns = {name: getattr(test, name) for name in ("D", "weight", "subject", "trial", "window")}
    return {**columns, "D_pred": D_pred, "row": fold.test}
