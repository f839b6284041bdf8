"""Zero mean and unit variance: (x − μ) / σ, with μ and σ of the fold's fitting rows.

A signal is normalised by channel, over rows and time. A feature table (no sampling rate) is normalised by entry,
over rows, since its features have different units. Computed in float64; what never varies keeps σ = 1.
"""

from collections.abc import Iterator
from typing import Literal

import numpy as np
from jaxtyping import Float32, Float64, Int64

from mpcl_core.interfaces.components import FittedTransform
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError

Moments = tuple[Float64[np.ndarray, "1 c _"], Float64[np.ndarray, "1 c _"]]
"""Mean and standard deviation, of a channel or of each of its features."""


class ZScore(FittedTransform):
    """Normalises each modality by the rows in which it is present, all counting alike; absent stays zero.

    With scope ``subject`` each subject is normalised by itself, which takes the differences between people out.
    A subject of the fitting rows keeps the statistics found there. A new subject is normalised by the rows at
    hand, so that what is predicted for one of its rows depends on its other signals, though on no label: that is
    transductive, and a result so obtained cannot be had from a single window of a stranger.

    Args:
        scope: ``train``, statistics of all fitting rows; ``subject``, statistics of each subject.
    """

    name = "zscore"

    def __init__(self, *, scope: Literal["train", "subject"] = "train") -> None:
        self.scope = scope
        self._known: dict[tuple[str, str], Moments] = {}

    @property
    def transductive(self) -> bool:
        """True with scope ``subject``: a new subject's rows are normalised by one another."""
        return self.scope == "subject"

    def fit(self, windows: WindowSet) -> "ZScore":
        """Learn the statistics of these rows.

        Raises:
            DataError: scope is ``subject`` and a row names none.
        """
        self._known = {}
        self._known = self._measured(windows)
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        """The rows, normalised. With scope ``train``, a modality that no fitting row has is left as it is.

        Raises:
            DataError: scope is ``subject`` and a row names none.
        """
        moments = self._measured(windows) if self.scope == "subject" else self._known
        X = {name: values.copy() for name, values in windows.X.items()}
        for group, rows in self._groups(windows):
            for name, values in windows.X.items():
                if (group, name) in moments:
                    mean, deviation = moments[group, name]
                    X[name][rows] = (values[rows] - mean) / deviation
        return windows.with_signals(X)

    def _measured(self, windows: WindowSet) -> dict[tuple[str, str], Moments]:
        """What is known already, and what these rows tell of groups that are new."""
        moments = dict(self._known)
        for group, rows in self._groups(windows):
            for modality in windows.modalities:
                here = rows[windows.present[modality.name][rows]]
                if len(here) and (group, modality.name) not in moments:
                    moments[group, modality.name] = _moments(windows.X[modality.name][here], modality)
        return moments

    def _groups(self, windows: WindowSet) -> Iterator[tuple[str, Int64[np.ndarray, "_"]]]:
        if self.scope == "train":
            yield "", np.arange(len(windows))
            return
        for subject in np.unique(windows.subject).tolist():
            rows = np.flatnonzero(windows.subject == subject)
            if not subject:
                raise DataError("scope 'subject' needs a subject in every row", field="subject", row=int(rows[0]))
            yield subject, rows


def _moments(values: Float32[np.ndarray, "N c t"], modality: Modality) -> Moments:
    axes = (0,) if modality.sfreq is None else (0, 2)
    mean = values.mean(axes, dtype=np.float64, keepdims=True)
    deviation = values.std(axes, dtype=np.float64, keepdims=True, mean=mean)
    constant = values.max(axes, keepdims=True) == values.min(axes, keepdims=True)
    return mean, np.where(constant, 1.0, deviation)
