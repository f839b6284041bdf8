"""Zero mean and unit variance: (x − μ) / σ, with μ and σ of the fold's fitting rows, of a subject, or of a sample.

A signal is normalised by channel, over rows and time. A feature table (no sampling rate) is normalised by entry,
over rows, since its features have different units. Computed in float64; what never varies keeps σ = 1.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int64

from mpcl_core.plugin import Modality, WindowSet
from mpcl_plugins.transforms._scoped import Scope, Scoped


class Moments(NamedTuple):
    """Of a channel, or of each of its features: how many rows, their mean and their variance."""

    rows: int
    mean: Float64[np.ndarray, "1 c _"]
    variance: Float64[np.ndarray, "1 c _"]

    def with_more(self, other: "Moments") -> "Moments":
        """Of these rows and those together."""
        rows = self.rows + other.rows
        share = other.rows / rows
        apart = other.mean - self.mean
        variance = (1 - share) * self.variance + share * other.variance + share * (1 - share) * apart**2
        return Moments(rows, self.mean + share * apart, variance)

    def normalised(self, values: Float32[np.ndarray, "N c t"]) -> Float64[np.ndarray, "N c t"]:
        """(x − μ) / σ."""
        return np.asarray((values - self.mean) / np.where(self.variance > 0, np.sqrt(self.variance), 1.0))


Known = dict[tuple[str, str], Moments]
"""(group, modality) -> what is known of it; the group is a subject, or ''."""


class ZScore(Scoped):
    """Normalises each modality by the rows in which it is present, all counting alike; absent stays zero.

    With scope ``subject`` each subject is normalised by itself, which takes the differences between people out: by
    the rows at hand, together with those of it that were fitted on. What is predicted for one row so depends on the
    subject's other signals, though on no label: that is transductive, and a result so obtained cannot be had from a
    single window of a stranger.

    Args:
        scope: ``train``, statistics of all fitting rows; ``subject``, statistics of each subject; ``sample``, each
            row's own, channel by channel over time (sampled signals only).
    """

    name = "zscore"

    def __init__(self, *, scope: Scope = "train") -> None:
        super().__init__(scope=scope)
        self._known: Known = {}

    def fit(self, windows: WindowSet) -> "ZScore":
        """Learn the statistics of these rows.

        Raises:
            DataError: scope is ``subject`` and a row names none; or as `outputs`.
        """
        self.outputs(windows.modalities)
        self._known = {} if self.scope == "sample" else self._measured(windows)
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        """The rows, normalised. With scope ``train``, a modality that no fitting row has is left as it is.

        Raises:
            DataError: scope is ``subject`` and a row names none.
        """
        return self._normalised(windows, self._pooled(windows) if self.scope == "subject" else self._known)

    def fit_transform(self, windows: WindowSet) -> WindowSet:
        """The rows, normalised by what was learned of them."""
        return self.fit(windows)._normalised(windows, self._known)

    def _normalised(self, windows: WindowSet, moments: Known) -> WindowSet:
        if self.scope == "sample":
            return windows.with_signals({name: _by_sample(values) for name, values in windows.X.items()})
        X = {name: values.copy() for name, values in windows.X.items()}
        for group, rows in self._groups(windows):
            for name, values in windows.X.items():
                if (group, name) in moments:
                    X[name][rows] = moments[group, name].normalised(values[rows])
        return windows.with_signals(X)

    def _pooled(self, windows: WindowSet) -> Known:
        here = self._measured(windows)
        return {key: found.with_more(self._known[key]) if key in self._known else found for key, found in here.items()}

    def _measured(self, windows: WindowSet) -> Known:
        moments: Known = {}
        for group, rows in self._groups(windows):
            for modality in windows.modalities:
                here = rows[windows.present[modality.name][rows]]
                if len(here):
                    moments[group, modality.name] = _moments(windows.X[modality.name][here], modality)
        return moments

    def _groups(self, windows: WindowSet) -> Iterator[tuple[str, Int64[np.ndarray, "_"]]]:
        if self.scope == "train":
            yield "", np.arange(len(windows))
            return
        self.require_subjects(windows)
        for subject in np.unique(windows.subject).tolist():
            yield subject, np.flatnonzero(windows.subject == subject)


def _moments(values: Float32[np.ndarray, "N c t"], modality: Modality) -> Moments:
    axes = (0,) if modality.sfreq is None else (0, 2)
    n = math.prod(values.shape[axis] for axis in axes)
    mean = np.add.reduce(values, axes, np.float64, keepdims=True) / n
    variance = np.add.reduce((values - mean) ** 2, axes, keepdims=True) / n
    first = values[:1] if modality.sfreq is None else values[:1, :, :1]
    constant = np.logical_and.reduce(values == first, axes, keepdims=True)
    return Moments(len(values), mean, np.where(constant, 0.0, variance))


def _by_sample(values: Float32[np.ndarray, "N c t"]) -> Float32[np.ndarray, "N c t"]:
    """Each channel of each row over its own time; what is absent, all zero, stays so."""
    mean = values.mean(2, dtype=np.float64, keepdims=True)
    deviation = values.std(2, dtype=np.float64, keepdims=True, mean=mean)
    constant = values.max(2, keepdims=True) == values.min(2, keepdims=True)
    return np.asarray((values - mean) / np.where(constant, 1.0, deviation), dtype=np.float32)
