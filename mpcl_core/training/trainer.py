"""Trains a network on a fold's fitting rows. It is never given a test row.

Two phases. *Search*: the transforms and the network learn from the training rows, and the validation KL chooses
the number of epochs by the rule ``train.choose``; 0 epochs, the start, is among the choices. With ``train.inner_folds``
that is done several times, with other rows as validation rows, and all of them choose together. *Refit*
(``train.refit``): both learn again from training and validation rows together, from the same random state, for that
many epochs. ``choose: last`` needs no search.

A training is a generator: it yields what it wants done next (`Turn`), and is sent what came of it (`Told`), so that one
may be trained alone, or many together.
"""

import math
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar, cast

import numpy as np
import torch
from jaxtyping import Float64

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import FAULTS, UserError
from mpcl_core.spec.block import Block
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.training.checkpoint import Checkpoint
from mpcl_core.training.device import Device
from mpcl_core.training.device_windows import DeviceWindows, placed
from mpcl_core.training.epoch_choice import lowest, one_standard_error, witnesses
from mpcl_core.training.inner_folds import InnerSplit, inner_folds
from mpcl_core.training.network import Network
from mpcl_core.training.phase import Phase
from mpcl_core.training.randomness import RandomState
from mpcl_core.training.trained_network import TrainedNetwork, transformed
from mpcl_core.training.window_store import WindowStore

EpochEnded = Callable[[int, Mapping[str, int | float | str]], None]
NetworkBuilt = Callable[[Network], None]

End = TypeVar("End")


class TrainingError(UserError):
    """The loss became NaN or infinite."""


@dataclass(frozen=True)
class StepResult:
    """What came of a turn.

    Args:
        losses: the mean of each loss over the epoch's steps; empty where there was no epoch.
        divergences: KL of each validation row; empty where there were none to look at.
        seconds: how long it took; its share, where several were trained together.
        together: how many were.
    """

    losses: Mapping[str, float]
    divergences: Float64[np.ndarray, "_"]
    seconds: float
    together: int = 1


@dataclass(frozen=True)
class StepRequest:
    """What a training wants done next: an epoch, or none, and then a look at the validation rows, or none."""

    phase: Phase
    learn: bool
    held_out: DeviceWindows | None

    def alone(self) -> StepResult:
        """Do it."""
        started = time.perf_counter()
        with self.phase.random:
            losses = self.phase.epoch() if self.learn else {}
            found = self.phase.divergences(self.held_out) if self.held_out is not None else np.zeros(0)
        return StepResult(losses, found, time.perf_counter() - started)


Course = Generator[StepRequest, StepResult, TrainedNetwork]


@dataclass
class _Searched:
    """What a search has seen: the validation rows' KL after each epoch, and the weights, where one's are to be kept.

    There is a curve for each inner fold that was begun; all but the last have ended.
    """

    curves: list[list[Float64[np.ndarray, "_"]]] = field(default_factory=list)
    weights: list[dict[str, torch.Tensor]] = field(default_factory=list)

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> "_Searched":
        """What had been kept."""
        return cls([[row.numpy() for row in curve] for curve in kept["curves"]], kept["weights"]) if kept else cls()

    def state_dict(self) -> dict[str, Any]:
        """To be kept."""
        return {"curves": [[torch.from_numpy(row) for row in curve] for curve in self.curves], "weights": self.weights}


class Trainer:
    """One job's training.

    Args:
        spec: the network, its objectives and settings.
        transforms: the fitted transforms, in order.
        entropy: what the job's random state is made from.
        device: ``cpu``, ``cuda`` …, as torch names them.
        built: told of each network before its first step.
        epoch_ended: told of each epoch.
        checkpoint: where the training is kept while it runs, and gone on from; None keeps nothing.
        store: where rows lie that other trainings share; None keeps them apart.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        transforms: Sequence[Block],
        entropy: tuple[int, ...],
        device: str,
        built: NetworkBuilt,
        epoch_ended: EpochEnded,
        checkpoint: Checkpoint | None = None,
        store: WindowStore | None = None,
    ) -> None:
        self.spec, self.settings = spec, spec.train
        self.transforms, self.entropy = transforms, entropy
        self.built, self.epoch_ended, self.checkpoint = built, epoch_ended, checkpoint
        self.device = Device(device, self.settings.precision)
        apart: Callable[[WindowSet], DeviceWindows] = partial(placed, device=self.device.place)
        self.place = apart if store is None else store.add

    def fit(self, windows: WindowSet, train: np.ndarray, validation: np.ndarray) -> TrainedNetwork:
        """The trained network, as `course`."""
        return alone(self.course(windows, train, validation))

    def course(self, windows: WindowSet, train: np.ndarray, validation: np.ndarray) -> Course:
        """The training, turn by turn; it ends with the trained network.

        Args:
            windows: the fold's fitting rows.
            train, validation: which of them are which.

        Raises:
            TrainingError: the loss is no longer a number.
        """
        kept = self.checkpoint.load() if self.checkpoint else None
        if self.settings.choose == "last":
            return (yield from self._refit(windows, self.settings.epochs, kept))
        if kept and "target" in kept:
            return (yield from self._refit(windows, kept["target"], kept))
        fitted = yield from self._search(windows, InnerSplit(train, validation), kept)
        if not self.settings.refit:
            return fitted
        return (yield from self._refit(windows, fitted.epochs, None))

    def phase(self, windows: WindowSet, kept: Mapping[str, Any] | None = None) -> Phase:
        """A network that is to learn from these rows, or goes on where one stood."""
        random = RandomState(*self.entropy)
        phase = Phase(self.spec, self.transforms, windows, random, self.device, self.place, self.built)
        if kept:
            phase.load_state_dict(kept["phase"])
        return phase

    def _search(self, windows: WindowSet, fold: InnerSplit, kept: Mapping[str, Any] | None) -> Course:
        """Every inner fold in turn; the network of the last, and the number of epochs that all of them choose."""
        splits = inner_folds(windows, fold, self.settings.inner_folds, self.entropy)
        seen = _Searched.of(kept)
        for number in range(max(len(seen.curves) - 1, 0), len(splits)):
            phase = yield from self._watched(windows, splits[number], number, seen, kept)
            kept = None
        curve = np.concatenate([np.stack(curve) for curve in seen.curves], axis=1)
        chosen = self._chosen(curve, windows.take(np.concatenate([split.validation for split in splits])))
        if not self.settings.refit:
            phase.restore(seen.weights[chosen])
        return phase.fitted(chosen)

    def _watched(
        self, windows: WindowSet, split: InnerSplit, number: int, seen: _Searched, kept: Mapping[str, Any] | None
    ) -> Generator[StepRequest, StepResult, Phase]:
        """Train on one side and look at the other, epoch by epoch; what is seen is the last curve of ``seen``."""
        phase = self.phase(windows.take(split.train), kept)
        validation = windows.take(split.validation)
        if not kept:
            seen.curves.append([])
        curve, held_out = seen.curves[-1], self.place(transformed(validation, phase.transforms))
        name = f"search {number + 1}" if number else "search"
        while len(curve) <= self.settings.epochs and not self._given_up(curve, validation.weight):
            epoch = len(curve)
            told = yield StepRequest(phase, learn=epoch > 0, held_out=held_out)
            curve.append(told.divergences)
            kl = float(np.average(told.divergences, weights=validation.weight))
            self._report(name, (epoch, self.settings.epochs), {**told.losses, "validation_kl": kl}, told)
            seen.weights.append({} if self.settings.refit else phase.weights())
            self._keep(seen.state_dict, phase)
        return phase

    def _given_up(self, curve: Sequence[Float64[np.ndarray, "_"]], weight: Float64[np.ndarray, "_"]) -> bool:
        """Whether the lowest mean is long past; of several inner folds, whose curves are joined, none gives up."""
        if self.settings.inner_folds > 1 or not curve:
            return False
        return len(curve) - 1 - int(np.argmin(np.stack(curve) @ weight)) >= self.settings.patience

    def _chosen(self, curve: Float64[np.ndarray, "e N"], validation: WindowSet) -> int:
        if self.settings.choose == "one_se":
            return one_standard_error(curve, validation.weight, witnesses(validation))
        return lowest(curve, validation.weight)

    def _refit(self, windows: WindowSet, epochs: int, kept: Mapping[str, Any] | None) -> Course:
        phase = self.phase(windows, kept)
        while phase.epochs < epochs:
            told = yield StepRequest(phase, learn=True, held_out=None)
            self._report("refit", (phase.epochs, epochs), told.losses, told)
            self._keep(lambda: {"target": epochs}, phase)
        return phase.fitted(epochs)

    def _keep(self, state: Callable[[], Mapping[str, Any]], phase: Phase) -> None:
        if self.checkpoint:
            self.checkpoint.keep(lambda: {**state(), "phase": phase.state_dict()})

    def _report(self, phase: str, at: tuple[int, int], values: Mapping[str, float], told: StepResult) -> None:
        epoch, of = at
        if bad := [name for name, value in values.items() if not math.isfinite(value)]:
            raise TrainingError(
                f"{phase}, epoch {epoch}: {bad[0]} is {values[bad[0]]}. A lower train.lr "
                f"({self.settings.lr:g} now) or train.clip ({self.settings.clip:g}) often helps."
            )
        together = {"together": told.together} if told.together > 1 else {}
        self.epoch_ended(epoch, {"of": of, "phase": phase, **values, "seconds": told.seconds, **together})


def alone(course: Generator[StepRequest, StepResult, End]) -> End:
    """Every turn of a training, or of what holds one; how it ends. It is told of a turn that fails, too."""
    try:
        turn = next(course)
        while True:
            try:
                told = turn.alone()
            except FAULTS as error:
                turn = course.throw(error)
            else:
                turn = course.send(told)
    except StopIteration as end:
        return cast("End", end.value)
