"""Hold the embeddings of the training trials, so that a prediction can name those that are most like a window.

A model holds them only where its recipe states ``name_trials: true``, since they name people and trials.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Shaped

from mpcl_core.data.pooling import number_trials
from mpcl_core.interfaces.components import FittedValues, StateValue
from mpcl_core.interfaces.data import WindowSet


@dataclass(frozen=True)
class NearTrial:
    """Name a trial of the training.

    Args:
        subject, session, trial: its names.
        similarity: the cosine of its embedding and that of a window, from -1 to 1.
    """

    subject: str
    session: str
    trial: str
    similarity: float


@dataclass(frozen=True)
class TrainingTrials:
    """Hold the names and embeddings of T trials.

    Args:
        subject, session, trial: (T,) names.
        z: (T, d) embeddings of unit length, those of all streams one after the other.
    """

    subject: Shaped[np.ndarray, "T"]
    session: Shaped[np.ndarray, "T"]
    trial: Shaped[np.ndarray, "T"]
    z: Float32[np.ndarray, "T d"]

    @classmethod
    def of(cls, windows: WindowSet, embeddings: Mapping[str, Float[np.ndarray, "N _"]]) -> "TrainingTrials":
        """Average the embeddings of the windows of each trial.

        Args:
            windows: N windows, which name their trials.
            embeddings: stream -> (N, d) embeddings.

        Returns:
            The trials.

        Raises:
            DataError: a window names no trial.
        """
        number, first = number_trials(windows)
        z = join_embeddings(embeddings)
        sums = np.zeros((len(first), z.shape[1]))
        np.add.at(sums, number, z)
        subject, session, trial = (
            getattr(windows, name)[first].astype(str) for name in ("subject", "session", "trial")
        )
        return cls(subject, session, trial, _unit(sums))

    @classmethod
    def from_state(cls, state: Mapping[str, StateValue]) -> "TrainingTrials":
        """Return the trials that `state_dict` described.

        Args:
            state: the names and embeddings.

        Returns:
            The same trials.
        """
        return cls(*(np.asarray(state[name]) for name in ("subject", "session", "trial", "z")))

    def state_dict(self) -> FittedValues:
        """Return names and embeddings, to be stored.

        Returns:
            Name -> array.
        """
        return {"subject": self.subject, "session": self.session, "trial": self.trial, "z": self.z}

    def nearest(self, embeddings: Mapping[str, Float[np.ndarray, "N _"]], count: int) -> list[list[NearTrial]]:
        """Find the trials whose embeddings have the largest cosines with those of windows.

        Args:
            embeddings: stream -> (N, d) embeddings of windows.
            count: the number of trials for each window.

        Returns:
            For each window its trials, the nearest first.
        """
        similarity = _unit(join_embeddings(embeddings)) @ self.z.T
        order = np.argsort(-similarity, axis=1, kind="stable")[:, :count]
        return [
            [self._near(index, row[index]) for index in indices] for row, indices in zip(similarity, order, strict=True)
        ]

    def _near(self, index: int, similarity: float) -> NearTrial:
        subject, session, trial = (str(names[index]) for names in (self.subject, self.session, self.trial))
        return NearTrial(subject, session, trial, float(similarity))


def join_embeddings(embeddings: Mapping[str, Float[np.ndarray, "N _"]]) -> Float[np.ndarray, "N d"]:
    """Join the embeddings of all streams, one after the other.

    Args:
        embeddings: stream -> (N, d).

    Returns:
        (N, d of all streams).
    """
    return np.concatenate(list(embeddings.values()), axis=1)


def _unit(z: Float[np.ndarray, "T d"]) -> Float32[np.ndarray, "T d"]:
    length = np.linalg.norm(z, axis=1, keepdims=True)
    return np.asarray(z / np.where(length > 0, length, 1), np.float32)
