"""What a person said before, as a table: how the mean label of their first trials differs from everyone's.

    a_i = log (mean of D over the first n other fitting trials of row i's subject) − log (mean of D over all)

People differ in how they use a rating scale far more than their states differ. Where a protocol lends a model a few
trials of the test subject (``loso_calibrated``), this hands them to a network, which otherwise sees signals only.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Count, DataError, FittedTransform, Modality, Name, WindowSet

_LEAST = 1e-6  # a share, before its logarithm is taken


class SubjectPrior(FittedTransform):
    """Adds a table (1, k), absent for subjects without another fitting trial.

    Only labels that were there when it was fitted are used, and never that of the row's own trial: a training row is
    told as much as a test row. First is what comes first in the study's rows.

    Args:
        emotions: k of the source, since what a transform adds is known before any label is seen.
        trials: n, how many trials of the subject are averaged at most; as many as a test subject will have.
        output: the table's name.

    Raises:
        ValueError: ``emotions`` or ``trials`` is below 1.
    """

    name = "subject_prior"

    def __init__(self, *, emotions: Count, trials: Count = 3, output: Name = "said_before") -> None:
        for key, value in (("emotions", emotions), ("trials", trials)):
            if value < 1:
                raise ValueError(f"{key} is {value}, but must be at least 1")
        self.emotions, self.trials, self.output = emotions, trials, output
        self._log_mean = np.zeros(emotions)
        self._told: dict[str, dict[str, Float64[np.ndarray, k]]] = {}

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """The modalities, and the table last.

        Raises:
            DataError: there is a modality of that name already.
        """
        if any(modality.name == self.output for modality in modalities):
            raise DataError("there is a modality of that name already", field=self.output)
        return (*modalities, Modality(self.output, 1, self.emotions))

    def fit(self, windows: WindowSet) -> "SubjectPrior":
        """Keep the labels of each subject's first trials, one more than are averaged.

        Raises:
            DataError: the study has another number of emotions, or a row names no subject or no trial.
        """
        if windows.n_outputs != self.emotions:
            raise DataError(f"'{self.name}' was told of {self.emotions} emotions, but there are {windows.n_outputs}")
        _require_names(windows, self.name)
        self._log_mean = _log(np.average(windows.D, axis=0, weights=windows.weight))
        self._told = {}
        for subject, trial, D in zip(windows.subject.tolist(), windows.trial.tolist(), windows.D, strict=True):
            told = self._told.setdefault(subject, {})
            if len(told) <= self.trials:
                told.setdefault(trial, D)
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        """The rows with the table.

        Raises:
            DataError: there is a modality of that name already.
        """
        modalities = self.outputs(windows.modalities)
        table = np.zeros((len(windows), 1, self.emotions), np.float32)
        told = np.zeros(len(windows), bool)
        for row, (subject, trial) in enumerate(zip(windows.subject.tolist(), windows.trial.tolist(), strict=True)):
            if others := self._others(subject, trial):
                table[row, 0] = _log(np.mean(others, axis=0)) - self._log_mean
                told[row] = True
        present = {**windows.present, self.output: told}
        return replace(windows, modalities=modalities, X={**windows.X, self.output: table}, present=present)

    def _others(self, subject: str, own: str) -> list[Float64[np.ndarray, "k"]]:
        """The labels of the subject's first trials but the row's own."""
        return [D for trial, D in self._told.get(subject, {}).items() if trial != own][: self.trials]


def _require_names(windows: WindowSet, who: str) -> None:
    for column in ("subject", "trial"):
        nameless = np.flatnonzero(getattr(windows, column) == "")
        if len(nameless):
            raise DataError(f"'{who}' needs a {column} in every row", field=column, row=int(nameless[0]))


def _log(share: Float64[np.ndarray, "k"]) -> Float64[np.ndarray, "k"]:
    logarithm: Float64[np.ndarray, k] = np.log(share.clip(_LEAST))
    return logarithm
