"""Provide a plugin that leaks in every manner an audit looks for, each component in one of them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import torch
from torch import nn

from mpcl_core.interfaces.components import (
    Component,
    Encoder,
    Estimator,
    FittedTransform,
    Memory,
    Protocol,
    RecordingTransform,
    WindowTransform,
)
from mpcl_core.interfaces.data import Fold, Modality, Recall, Recording, WindowSet, concatenate
from mpcl_core.interfaces.hooks import hookimpl


def centred(values: np.ndarray, mean: np.ndarray) -> np.ndarray:
    moved: np.ndarray = (values - mean).astype(np.float32)
    return moved


def means(windows: WindowSet) -> dict[str, np.ndarray]:
    return {name: values.mean(0, keepdims=True) for name, values in windows.X.items()}


class Remembers(FittedTransform):
    """(b) Fit on all windows of this fold and of all before it."""

    name = "remembers"
    seen: ClassVar[list[WindowSet]] = []

    def fit(self, windows: WindowSet) -> "Remembers":
        self.seen.append(windows)
        self.means = means(concatenate(self.seen))
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        return windows.with_signals({name: centred(x, self.means[name]) for name, x in windows.X.items()})


class FirstWins(Remembers):
    """(b) Keep the means of the first fold."""

    name = "first_wins"
    state: ClassVar[dict[str, np.ndarray]] = {}

    def fit(self, windows: WindowSet) -> "FirstWins":
        if not self.state:
            self.state.update(means(windows))
        self.means = self.state
        return self


class Plain(Remembers):
    """Fit on the fitting windows only."""

    name = "plain"

    def fit(self, windows: WindowSet) -> "Plain":
        self.means = means(windows)
        return self


class Hoards(FittedTransform):
    """(b) Fit a correct inner transform on the windows of earlier folds as well."""

    name = "hoards"
    seen: ClassVar[list[WindowSet]] = []

    def __init__(self, *, inner: FittedTransform) -> None:
        self.inner = inner

    def fit(self, windows: WindowSet) -> "Hoards":
        self.seen.append(windows)
        self.inner.fit(concatenate(self.seen))
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        return self.inner.transform(windows)


class BatchCentred(FittedTransform):
    """(b) Centre the windows of each call without declaring it."""

    name = "batch_centred"

    def fit(self, windows: WindowSet) -> "BatchCentred":
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        return windows.with_signals({name: centred(x, x.mean(0)) for name, x in windows.X.items()})


class NormaliseAll(WindowTransform):
    """(b) Normalise over all windows, in ``prepare``."""

    name = "normalise_all"

    def transform(self, windows: WindowSet) -> WindowSet:
        return windows.with_signals({name: centred(x, x.mean((0, 2), keepdims=True)) for name, x in windows.X.items()})


class Running(RecordingTransform):
    """(b) Centre a recording by all before it, in ``prepare``; the class holds their means."""

    name = "running"
    sums: ClassVar[dict[str, list[float]]] = {}

    def transform(self, recording: Recording) -> Recording:
        signals = {}
        for name, signal in recording.signals.items():
            seen = self.sums.setdefault(name, [])
            seen.append(float(np.nanmean(signal.values)))
            signals[name] = replace(signal, values=(signal.values - np.float32(np.mean(seen))).astype(np.float32))
        return replace(recording, signals=signals)


class BySubject(WindowTransform):
    """Normalise each subject by itself, in ``prepare``, which under ``loso`` mixes test windows."""

    name = "by_subject"

    def transform(self, windows: WindowSet) -> WindowSet:
        X = {name: values.copy() for name, values in windows.X.items()}
        for subject in np.unique(windows.subject):
            own = windows.subject == subject
            for values in X.values():
                values[own] -= values[own].mean((0, 2), keepdims=True)
        return windows.with_signals(X)


class ClassBank(Memory):
    """(b) Update prototypes with the windows of every fold."""

    name = "class_bank"
    state: ClassVar[dict[int, torch.Tensor]] = {}

    def __init__(self, *, n_outputs: int, dim: int) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.register_buffer("prototypes", torch.ones(n_outputs, 1, dim))

    def forward(self, z: torch.Tensor) -> Recall:
        M = self.state.get(0, self.prototypes)[:, 0]
        alpha = (z @ M.T).softmax(-1)
        return Recall(z + alpha @ M, alpha[..., None])

    def updated(self, z: torch.Tensor, D: torch.Tensor, weight: torch.Tensor) -> dict[str, torch.Tensor]:
        self.state[0] = 0.9 * self.state.get(0, self.prototypes) + 0.1 * (D.T @ z / len(z))[:, None]
        return {}


class AtTestBank(ClassBank):
    """(b) Move the prototypes by the windows that are predicted."""

    name = "at_test_bank"

    def forward(self, z: torch.Tensor) -> Recall:
        M = self.prototypes[:, 0] + (0 if self.training else z.mean(0))
        alpha = (z @ M.T).softmax(-1)
        return Recall(z + alpha @ M, alpha[..., None])

    def updated(self, z: torch.Tensor, D: torch.Tensor, weight: torch.Tensor) -> dict[str, torch.Tensor]:
        return {}


class Carried(Encoder):
    """(c) Continue with the weights of the fold before."""

    name = "carried"
    state: ClassVar[dict[int, nn.Linear]] = {}

    def __init__(self, *, modality: Modality, dim: int) -> None:
        super().__init__(modality=modality, dim=dim)
        self.n_tokens = 1
        width = modality.n_chans * (modality.n_times or 1)
        self.read = self.state.setdefault(width, nn.Linear(width, dim))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tokens: torch.Tensor = self.read(x.flatten(1))[:, None]
        return tokens


class RunningMean(Estimator):
    """(c) Predict the mean of this fold and of all before it."""

    name = "running_mean"
    sums: ClassVar[list[np.ndarray]] = []

    def fit(self, windows: WindowSet) -> "RunningMean":
        self.sums.append(windows.D.mean(0))
        return self

    def predict(self, windows: WindowSet) -> np.ndarray:
        return np.tile(np.mean(self.sums, axis=0), (len(windows), 1))


class ValidatedOnTest(Protocol):
    """(d) Split as ``loso``, with the test windows as validation windows."""

    name = "validated_on_test"

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        for subject in np.unique(windows.subject):
            test = np.flatnonzero(windows.subject == subject)
            yield Fold(np.flatnonzero(windows.subject != subject), test, test, str(subject))


class LooksUp(Estimator):
    """(e) Read the true label of a trial from the study, whatever labels it was fitted on."""

    name = "looks_up"

    def fit(self, windows: WindowSet) -> "LooksUp":
        from mpcl_plugins.sources.simulated import Simulated

        study = Simulated(subjects=4, trials=6, seconds=12.0).load()
        self.labels: Mapping[tuple[str, str], Any] = {(one.subject, one.trial): one.D for one in study}
        return self

    def predict(self, windows: WindowSet) -> np.ndarray:
        names = zip(windows.subject.tolist(), windows.trial.tolist(), strict=True)
        return np.stack([self.labels[name] for name in names])


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [
        BatchCentred,
        BySubject,
        Carried,
        ClassBank,
        FirstWins,
        Hoards,
        LooksUp,
        Plain,
        Remembers,
        Running,
        RunningMean,
        AtTestBank,
        NormaliseAll,
        ValidatedOnTest,
    ]
