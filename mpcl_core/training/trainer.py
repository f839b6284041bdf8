"""Train a network on a fold's fitting windows; it never receives a test window.

A training has two phases. *Search*: the transforms and the network learn from the training windows, and the KL on the
validation windows chooses the number of epochs by the rule ``train.choose``; 0 epochs, the untrained network, is among
the choices. With ``train.inner_folds`` the search is repeated with other validation windows, and all repetitions choose
one number. *Refit* (``train.refit``): transforms and network learn anew from training and validation windows, from the
same random state, for that many epochs. ``choose: last`` needs no search.

A training is a generator of step requests (`steps`): see ``docs/concepts/unusual.md``.
"""

import logging
import math
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from mpcl_core.data.truth import without_labels
from mpcl_core.interfaces.data import WindowSet, concatenate
from mpcl_core.interfaces.errors import UserError
from mpcl_core.spec.block import Block
from mpcl_core.spec.error_bars import ErrorBarSettings
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.training.checkpoint import Checkpoint, ForeignStateError, loading_state
from mpcl_core.training.device import Device
from mpcl_core.training.epoch_search import SearchHistory, is_search_finished
from mpcl_core.training.estimator_fit import EstimatorFit
from mpcl_core.training.held_out import HeldOut, calibration_splits, held_out_from, join_held_out
from mpcl_core.training.initial_weights import read_initial_weights
from mpcl_core.training.inner_folds import InnerSplit, inner_folds
from mpcl_core.training.mixture import fit_mixture
from mpcl_core.training.network import Network
from mpcl_core.training.people_held_out import describe_effect_of_lack, holds_people_out, lack_of_people
from mpcl_core.training.phase import Phase
from mpcl_core.training.pretraining import pretrain
from mpcl_core.training.randomness import RandomState
from mpcl_core.training.shrinkage import shrunk
from mpcl_core.training.steps import StepRequest, StepResult, TrainingSteps, run_alone
from mpcl_core.training.trained_network import TrainedNetwork
from mpcl_core.training.transforms import apply_transforms
from mpcl_core.training.windows.device_windows import DeviceWindows, to_device
from mpcl_core.training.windows.study_windows import FittingWindows
from mpcl_core.training.windows.window_store import WindowStore

log = logging.getLogger("mpcl.job")

OnEpochEnded = Callable[[int, Mapping[str, int | float | str]], None]
OnNetworkBuilt = Callable[[Network], None]


def _ignore(*_: object) -> None:
    """Take what nobody observes."""


class TrainingError(UserError):
    """Report a loss that became NaN or infinite."""


class Trainer:
    """Train the network of one job.

    Args:
        spec: the network, its objectives and settings.
        transforms: the transforms to fit, in order.
        entropy: the seeds of the job's random state.
        device: ``cpu``, ``cuda`` …, as torch names them.
        on_network_built: called with each network before its first step.
        on_epoch_ended: called with the number and the metrics of each epoch.
        checkpoint: where the training state is saved while it runs, and restored from; None saves nothing.
        store: the window store that the trainings of a cohort share; None gives each phase tensors of its own.
        pool: whose windows are averaged for the network; None: nobody's.
        unrated: windows without labels that take part in ``train.pretrain``; None for none.
        error_bars: how many trainings hold people out for the error bars, beside the search.

    Raises:
        UsageError, DataError: the model that ``train.from`` names cannot be read.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        transforms: Sequence[Block],
        entropy: tuple[int, ...],
        device: str,
        *,
        on_network_built: OnNetworkBuilt = _ignore,
        on_epoch_ended: OnEpochEnded = _ignore,
        checkpoint: Checkpoint | None = None,
        store: WindowStore | None = None,
        pool: PoolSettings | None = None,
        unrated: WindowSet | None = None,
        error_bars: ErrorBarSettings | None = None,
    ) -> None:
        self.error_bars = error_bars or ErrorBarSettings(folds=0)
        self.spec, self.settings, self.pool, self.unrated = spec, spec.train, pool, unrated
        self.transforms, self.entropy, self.initial = transforms, entropy, read_initial_weights(spec)
        self.on_network_built, self.on_epoch_ended, self.checkpoint = on_network_built, on_epoch_ended, checkpoint
        self.device = Device(device, self.settings.precision)
        separate: Callable[[WindowSet], DeviceWindows] = partial(to_device, device=self.device.torch_device)
        self.to_device = separate if store is None else store.add

    def fit(self, windows: WindowSet | FittingWindows, train: np.ndarray, validation: np.ndarray) -> TrainedNetwork:
        """Train the network by itself; arguments and errors as for `steps`.

        Returns:
            The trained network.
        """
        return run_alone(self.steps(windows, train, validation))

    def steps(self, windows: WindowSet | FittingWindows, train: np.ndarray, validation: np.ndarray) -> TrainingSteps:
        """Yield the steps of the training, starting from the checkpoint where there is one.

        Args:
            windows: the fold's fitting windows; a selection of a study shares its statistics and tensors with the
                study's other trainings.
            train: positions of the training windows among them.
            validation: positions of the validation windows among them.

        Yields:
            The next step; its result has to be sent.

        Returns:
            The trained network.

        Raises:
            TrainingError: a loss is NaN or infinite.
        """
        state = self.checkpoint.load() if self.checkpoint else None
        fitting = self._selected(windows)
        try:
            return (yield from self._steps(fitting, train, validation, state))
        except ForeignStateError:
            if self.checkpoint:
                self.checkpoint.discard()
            return (yield from self._steps(fitting, train, validation, None))

    def _selected(self, windows: WindowSet | FittingWindows) -> FittingWindows:
        if isinstance(windows, FittingWindows):
            return windows
        return FittingWindows.of(windows, self.device.torch_device)

    def _steps(
        self, windows: FittingWindows, train: np.ndarray, validation: np.ndarray, state: Mapping[str, Any] | None
    ) -> TrainingSteps:
        sides = InnerSplit(train, validation)
        if state and "target" in state:
            with loading_state():
                target, held_out = int(state["target"]), held_out_from(state["held_out"])
            return self._completed((yield from self._refit(windows, target, held_out, state)), windows, sides)
        if self.settings.choose == "last":
            target, held_out = self.settings.epochs, None
        else:
            trained = yield from self._search(windows, sides, state)
            if not self.settings.refit:
                return trained
            target, held_out = trained.epochs, trained.held_out
            del trained  # its network would take memory during the refit
        if holds_people_out(self.spec, self.error_bars):
            held_out = yield from self._hold_out(windows, self._held_out_splits(windows, sides), target)
        return self._completed((yield from self._refit(windows, target, held_out, None)), windows, sides)

    def _held_out_splits(self, windows: FittingWindows, sides: InnerSplit) -> list[InnerSplit]:
        """Draw the sides whose people are held out in turn, for error bars or in the search.

        Returns:
            The splits, the same in each call.
        """
        if holds_people_out(self.spec, self.error_bars):
            return calibration_splits(windows.columns(), sides, self.error_bars, self.entropy)
        return inner_folds(windows.columns(), sides, self.settings.inner_folds, self.entropy)

    def _completed(self, trained: TrainedNetwork, windows: FittingWindows, sides: InnerSplit) -> TrainedNetwork:
        """Shrink a network and mix it with estimators where the recipe states it.

        Returns:
            The network, with its held-out predictions changed alike.
        """
        if not (self.settings.shrink or self.spec.mix):
            return trained
        splits = self._held_out_splits(windows, sides)
        if trained.held_out is None:
            lack = lack_of_people(windows.columns().subject, sides, self.error_bars)
            log.warning("%s: %s", describe_effect_of_lack(self.spec), lack)
        if self.settings.shrink:
            trained = shrunk(trained, windows.columns(), splits)
        if self.spec.mix:
            estimators = EstimatorFit(list(self.spec.mix.values()), self.transforms, self.pool, self.unrated)
            mixture, held_out = fit_mixture(self.spec.mix, estimators, windows.windows(), trained.held_out, splits)
            trained = replace(trained, mixture=mixture, held_out=held_out)
        return trained

    def held_out_steps(self, windows: FittingWindows, split: InnerSplit) -> Generator[StepRequest, StepResult, HeldOut]:
        """Yield the steps of a training on one side of a split, and predict the other side.

        Args:
            windows: the fold's fitting windows.
            split: positions among them to learn from and to predict. With ``train.choose: best`` or ``one_se`` the
                predicted windows also choose the number of epochs.

        Yields:
            The next step; its result has to be sent.

        Returns:
            The predictions.

        Raises:
            TrainingError: a loss is NaN or infinite.
        """
        if self.settings.choose == "last":
            held_out = yield from self._hold_out(windows, [split], self.settings.epochs)
        else:
            held_out = (yield from self._search(windows, split, None)).held_out
        assert held_out is not None
        return held_out

    def phase(self, windows: WindowSet | FittingWindows, state: Mapping[str, Any] | None = None) -> Phase:
        """Build a network that learns from these windows.

        Args:
            windows: the windows to learn from.
            state: the training state of a checkpoint, to continue from; None starts anew.

        Returns:
            The phase, before its next epoch.
        """
        random, windows = RandomState(*self.entropy), self._selected(windows)
        phase = Phase(
            self.spec,
            self.transforms,
            windows,
            random,
            self.device,
            self.to_device,
            self.on_network_built,
            self.pool,
            self.initial,
        )
        if state:
            with loading_state():
                phase.load_state_dict(state["phase"])
        elif self.settings.pretrain:
            with random:
                pretrain(phase, self.settings.pretrain, self._signals(windows, phase))
        return phase

    def _signals(self, windows: FittingWindows, phase: Phase) -> WindowSet:
        """Return the windows of a phase and the unrated ones, transformed and without labels.

        Returns:
            The windows of the pre-training.
        """
        unrated = () if self.unrated is None or not len(self.unrated) else (self.unrated,)
        signals = [apply_transforms(part, phase.transforms) for part in (without_labels(windows.windows()), *unrated)]
        return concatenate(signals)

    def _search(self, windows: FittingWindows, sides: InnerSplit, state: Mapping[str, Any] | None) -> TrainingSteps:
        """Search all inner folds one after the other.

        Returns:
            The network of the last inner fold, with the number of epochs that all of them choose.
        """
        splits = inner_folds(windows.columns(), sides, self.settings.inner_folds, self.entropy)
        with loading_state():
            history = SearchHistory.from_checkpoint(state)
        for number in range(max(len(history.curves) - 1, 0), len(splits)):
            phase = yield from self._search_split(windows, splits[number], number, history, state)
            state = None
        validation = np.concatenate([split.validation for split in splits])
        epoch = history.choose_epoch(self.settings, windows.take(validation).columns())
        if not self.settings.refit:
            phase.restore(history.weights[epoch])
        held_out = join_held_out([HeldOut(validation, history.predictions_at(epoch))])
        return replace(phase.trained_network(epoch), held_out=held_out)

    def _hold_out(
        self, windows: FittingWindows, splits: Sequence[InnerSplit], epochs: int
    ) -> Generator[StepRequest, StepResult, HeldOut | None]:
        """Train a network without the people of each side for a number of epochs, and predict them.

        Returns:
            The predictions; None without a side.
        """
        parts: list[HeldOut] = []
        for number, split in enumerate(splits, 1):
            phase = self.phase(windows.take(split.train))
            evaluated, D_pred = phase.evaluated(windows.take(split.validation)), None
            for epoch in range(epochs + 1):
                last = evaluated.rows if epoch == epochs else None
                result = yield StepRequest(phase, train=epoch > 0, validation=last)
                if epoch:
                    self._report(f"error bars {number}", (epoch, epochs), result.losses, result)
                D_pred = result.validation and result.validation.D_pred
            assert D_pred is not None
            parts.append(HeldOut(split.validation, D_pred[evaluated.trial]))
        return join_held_out(parts) if parts else None

    def _search_split(
        self,
        windows: FittingWindows,
        split: InnerSplit,
        number: int,
        history: SearchHistory,
        state: Mapping[str, Any] | None,
    ) -> Generator[StepRequest, StepResult, Phase]:
        """Train on one side of a split, and add the KL on the other side to the last curve of the history.

        Returns:
            The phase after the last epoch.
        """
        phase = self.phase(windows.take(split.train), state)
        validation = windows.take(split.validation)
        if not state:
            history.begin_fold()
        evaluated, weight = phase.evaluated(validation), validation.weight
        curve = history.curves[-1]
        name = f"search {number + 1}" if number else "search"
        while not is_search_finished(curve, weight, self.settings):
            epoch = len(curve)
            result = yield StepRequest(phase, train=epoch > 0, validation=evaluated.rows)
            assert result.validation is not None
            history.add(*(values[evaluated.trial] for values in result.validation))
            kl = float(np.average(curve[-1], weights=weight))
            self._report(name, (epoch, self.settings.epochs), {**result.losses, "validation_kl": kl}, result)
            history.weights.append({} if self.settings.refit else phase.weights())
            self._save(history.state_dict, phase)
        return phase

    def _refit(
        self, windows: FittingWindows, epochs: int, held_out: HeldOut | None, state: Mapping[str, Any] | None
    ) -> TrainingSteps:
        phase = self.phase(windows, state)
        while phase.epochs < epochs:
            result = yield StepRequest(phase, train=True, validation=None)
            self._report("refit", (phase.epochs, epochs), result.losses, result)
            self._save(lambda: {"target": epochs, "held_out": held_out and held_out.state_dict()}, phase)
        return replace(phase.trained_network(epochs), held_out=held_out)

    def _save(self, state: Callable[[], Mapping[str, Any]], phase: Phase) -> None:
        if self.checkpoint:
            self.checkpoint.save_if_due(lambda: {**state(), "phase": phase.state_dict()})

    def _report(self, phase: str, progress: tuple[int, int], values: Mapping[str, float], result: StepResult) -> None:
        epoch, last_epoch = progress
        if not_finite := [name for name, value in values.items() if not math.isfinite(value)]:
            raise TrainingError(
                f"{phase}, epoch {epoch}: {not_finite[0]} is {values[not_finite[0]]}. A lower train.lr "
                f"({self.settings.lr:g} now) or train.clip ({self.settings.clip:g}) often helps."
            )
        cohort = {"cohort": result.cohort_size} if result.cohort_size > 1 else {}
        self.on_epoch_ended(epoch, {"of": last_epoch, "phase": phase, **values, "seconds": result.seconds, **cohort})
