"""A person's earlier ratings as a table: how the mean label of their first trials differs from everyone's.

    a_i = log m_i − log C,   m_i = Σ_j r^j D_j / Σ_j r^j over the first n other fitting trials of window i's subject
    C = the mean of D over all, or the mean over subjects of the same average of their first n trials

People differ in how they use a rating scale far more than their states differ. Where a protocol puts a few trials of
the test subject on the fitting side (``loso_calibrated``), this passes them to a network, which otherwise sees signals
only. First ratings may differ from later ones for everybody, so that C has to be the mean of *first* ratings where the
first ratings are what is known of a test subject; and the last of them may tell more than the first (r above 1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from jaxtyping import Float64
from torch import Tensor

from mpcl_core.plugin import (
    Count,
    DataError,
    FittedTransform,
    FittedValues,
    Modality,
    Name,
    Positive,
    StateValue,
    TransformModule,
    WindowSet,
    require_column,
)

_LEAST = 1e-6  # a share, before its logarithm is taken


class SubjectPrior(FittedTransform):
    """Add a table (1, k), absent for subjects without another fitting trial.

    Only labels of fitting windows are used, and never that of the window's own trial: a training window gets as much
    information as a test window. The first trials are those that come first in the study's windows.

    Args:
        emotions: k of the source, since what a transform adds is known before any label is seen.
        trials: n, how many trials of the subject are averaged at most; as many as a test subject will have.
        output: the name of the table.
        centre: C, the mean of ``all`` fitting windows or of the ``first`` trials of each subject.
        recency: r, how many times as much a trial counts as the one before it.

    Raises:
        ValueError: ``emotions`` or ``trials`` is below 1.
    """

    name = "subject_prior"

    def __init__(
        self,
        *,
        emotions: Count,
        trials: Count = 3,
        output: Name = "said_before",
        centre: Literal["all", "first"] = "all",
        recency: Positive = 1.0,
    ) -> None:
        for key, value in (("emotions", emotions), ("trials", trials)):
            if value < 1:
                raise ValueError(f"{key} is {value}, but must be at least 1")
        self.emotions, self.trials, self.output = emotions, trials, output
        self.centre, self.recency = centre, recency
        self._log_mean = np.zeros(emotions)
        self._first_labels: dict[str, dict[str, Float64[np.ndarray, k]]] = {}

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """Return the modalities with the table as the last.

        Args:
            modalities: the modalities of the study.

        Returns:
            The modalities after the transform.

        Raises:
            DataError: there is already a modality of that name.
        """
        if any(modality.name == self.output for modality in modalities):
            raise DataError("there is already a modality of that name", field=self.output)
        return (*modalities, Modality(self.output, 1, self.emotions))

    def fit(self, windows: WindowSet) -> "SubjectPrior":
        """Store the labels of each subject's first trials, one more than are averaged.

        Args:
            windows: the fitting windows.

        Returns:
            The transform itself.

        Raises:
            DataError: the study has another number of emotions, or a window names no subject or no trial.
        """
        if windows.n_outputs != self.emotions:
            raise DataError(f"'{self.name}' expects {self.emotions} emotions, but the study has {windows.n_outputs}")
        for column in ("subject", "trial"):
            require_column(windows, column, self.name)
        self._first_labels = {}
        for subject, trial, D in zip(windows.subject.tolist(), windows.trial.tolist(), windows.D, strict=True):
            labels = self._first_labels.setdefault(subject, {})
            if len(labels) <= self.trials:
                labels.setdefault(trial, D)
        self._log_mean = _log(self._centre(windows))
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        """Return the windows with the table.

        Args:
            windows: N windows.

        Returns:
            The windows, the table (N, 1, k) among their modalities.

        Raises:
            DataError: there is already a modality of that name.
        """
        modalities = self.outputs(windows.modalities)
        names = list(zip(windows.subject.tolist(), windows.trial.tolist(), strict=True))
        rows = {name: row for row, name in enumerate(dict.fromkeys(names))}  # the windows of a trial share their table
        of_trial, has_table = np.zeros((len(rows), 1, self.emotions), np.float32), np.zeros(len(rows), bool)
        for (subject, trial), row in rows.items():
            if others := self._others(subject, trial):
                of_trial[row, 0] = _log(self._average(others)) - self._log_mean
                has_table[row] = True
        row_of_window = np.array([rows[name] for name in names], np.int64)
        table, is_known = of_trial[row_of_window], has_table[row_of_window]
        present = {**windows.present, self.output: is_known}
        return replace(windows, modalities=modalities, X={**windows.X, self.output: table}, present=present)

    def state_dict(self) -> FittedValues:
        rows = [(subject, trial, D) for subject, labels in self._first_labels.items() for trial, D in labels.items()]
        return {
            "log_mean": self._log_mean,
            "subject": np.array([subject for subject, _, _ in rows], dtype=np.str_),
            "trial": np.array([trial for _, trial, _ in rows], dtype=np.str_),
            "D": np.array([D for _, _, D in rows]).reshape(len(rows), self.emotions),
        }

    def load_state_dict(self, state: Mapping[str, StateValue]) -> None:
        self._log_mean, self._first_labels = np.asarray(state["log_mean"]), {}
        for subject, trial, D in zip(*(np.asarray(state[name]) for name in ("subject", "trial", "D")), strict=True):
            self._first_labels.setdefault(str(subject), {})[str(trial)] = D

    def module(self, modalities: tuple[Modality, ...]) -> TransformModule:
        """Return a module that takes the table as an input; it is absent for people without earlier ratings.

        Args:
            modalities: those of the windows before the transform.

        Returns:
            The module.
        """
        (table,) = set(self.outputs(modalities)) - set(modalities)
        return _SuppliedTable((table,), frozenset(self._first_labels))

    def _centre(self, windows: WindowSet) -> Float64[np.ndarray, "k"]:
        if self.centre == "all":
            return np.asarray(np.average(windows.D, axis=0, weights=windows.weight))
        first = [list(labels.values())[: self.trials] for labels in self._first_labels.values()]
        return np.asarray(np.mean([self._average(labels) for labels in first], axis=0))

    def _average(self, labels: Sequence[Float64[np.ndarray, "k"]]) -> Float64[np.ndarray, "k"]:
        return np.asarray(np.average(labels, axis=0, weights=self.recency ** np.arange(len(labels))))

    def _others(self, subject: str, own: str) -> list[Float64[np.ndarray, "k"]]:
        """Return the labels of the subject's first trials, without the window's own trial.

        Returns:
            At most ``trials`` distributions.
        """
        return [D for trial, D in self._first_labels.get(subject, {}).items() if trial != own][: self.trials]


class _SuppliedTable(TransformModule):
    """Pass on the table that an exported model takes as an input."""

    def forward(self, X: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return dict(X)


def _log(share: Float64[np.ndarray, "k"]) -> Float64[np.ndarray, "k"]:
    logarithm: Float64[np.ndarray, k] = np.log(share.clip(_LEAST))
    return logarithm
