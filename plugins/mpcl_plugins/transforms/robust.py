"""Zero median and unit interquartile range: (x − m) / (q₇₅ − q₂₅), which a few artefacts hardly move.

A signal is normalised by channel, over rows and time. A feature table (no sampling rate) is normalised by entry,
over rows, since its features have different units. Where the two quartiles are equal, x − m stays as it is.
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float32

from mpcl_core.plugin import Modality, WindowSet
from mpcl_plugins.transforms._scoped import Scope, Scoped

Quartiles = tuple[Float32[np.ndarray, "_ c _"], Float32[np.ndarray, "_ c _"]]
"""Median and interquartile range, of a channel or of each of its features."""


class Robust(Scoped):
    """Normalises each modality by the rows in which it is present, all counting alike; absent stays zero.

    With scope ``subject`` each subject is normalised by itself, which takes the differences between people out: by
    the rows at hand, together with those of it that were fitted on. What is predicted for one row so depends on the
    subject's other signals, though on no label: that is transductive, and a result so obtained cannot be had from a
    single window of a stranger.

    Args:
        scope: ``train``, quartiles of all fitting rows; ``subject``, quartiles of each subject; ``sample``, each
            row's own, channel by channel over time (sampled signals only).
    """

    name = "robust"

    def __init__(self, *, scope: Scope = "train") -> None:
        super().__init__(scope=scope)
        self._known: dict[str, Quartiles] = {}
        self._fitted: WindowSet | None = None

    def fit(self, windows: WindowSet) -> "Robust":
        """Learn the quartiles of these rows; with scope ``subject``, keep the rows, as quartiles cannot be joined.

        Raises:
            DataError: scope is ``subject`` and a row names none; or as `outputs`.
        """
        self.outputs(windows.modalities)
        self.require_subjects(windows)
        if self.scope == "train":
            everyone = np.ones(len(windows), bool)
            self._known = dict(_measured([(windows, everyone)], windows.modalities))
        if self.scope == "subject":
            self._fitted = windows
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        """The rows, normalised. With scope ``train``, a modality that no fitting row has is left as it is.

        Raises:
            DataError: scope is ``subject`` and a row names none.
        """
        if self.scope == "sample":
            return windows.with_signals({n: _normalised(X, _quartiles(X, (2,))) for n, X in windows.X.items()})
        if self.scope == "subject":
            return self._by_subject(windows)
        X = {n: _normalised(X, self._known[n]) if n in self._known else X for n, X in windows.X.items()}
        return windows.with_signals(X)

    def _by_subject(self, windows: WindowSet) -> WindowSet:
        self.require_subjects(windows)
        X = {name: values.copy() for name, values in windows.X.items()}
        for subject in np.unique(windows.subject).tolist():
            its = [(rows, rows.subject == subject) for rows in (windows, self._fitted) if rows is not None]
            for name, quartiles in _measured(its, windows.modalities):
                here = its[0][1]
                X[name][here] = _normalised(windows.X[name][here], quartiles)
        return windows.with_signals(X)


def _measured(
    chosen: list[tuple[WindowSet, Bool[np.ndarray, "_"]]], modalities: tuple[Modality, ...]
) -> Iterator[tuple[str, Quartiles]]:
    """Each modality that any of the chosen rows has, and its quartiles over all of them."""
    for modality in modalities:
        name = modality.name
        values = np.concatenate([windows.X[name][rows & windows.present[name]] for windows, rows in chosen])
        if len(values):
            yield name, _quartiles(values, (0,) if modality.sfreq is None else (0, 2))


def _quartiles(values: Float32[np.ndarray, "N c t"], axes: tuple[int, ...]) -> Quartiles:
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75], axis=axes, keepdims=True).astype(np.float32)
    return median, np.where(high > low, high - low, np.float32(1))


def _normalised(values: Float32[np.ndarray, "N c t"], quartiles: Quartiles) -> Float32[np.ndarray, "N c t"]:
    median, spread = quartiles
    return (values - median) / spread
