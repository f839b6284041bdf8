"""Hold what explains predictions: how they change without a modality or a part of a window, prototypes, near trials."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Float64

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.model.training_trials import NearTrial


@dataclass(frozen=True)
class Explanation:
    """Explain the predictions of N windows.

    Args:
        windows: the windows.
        labels: the names of the k emotions.
        D_pred: (N, k) the predictions.
        by_modality: modality -> (N, k) the prediction less that without the modality; 0 where it is absent anyway.
        by_time: (N, s, k) the prediction less that with the s-th part of every signal replaced by the mean of its
            channel in the window; s is 0 where the model takes no signals.
        prototypes: stream -> (N, k, m) the weights of its prototypes, which sum to 1; empty without memories.
        nearest: for each window the training trials with the most similar embeddings; None where the model names none.
    """

    windows: WindowSet
    labels: tuple[str, ...]
    D_pred: Float64[np.ndarray, "N k"]
    by_modality: Mapping[str, Float64[np.ndarray, "N k"]]
    by_time: Float64[np.ndarray, "N s k"]
    prototypes: Mapping[str, Float[np.ndarray, "N k m"]]
    nearest: Sequence[Sequence[NearTrial]] | None

    def __len__(self) -> int:
        return len(self.D_pred)

    def columns(self) -> dict[str, list[Any]]:
        """Return a table with a row for each window.

        Changes are total variation distances: the share of the distribution that moves.

        Returns:
            Column -> values: the names of the window, its ``emotion`` with the largest share, ``change_<modality>``,
            ``change_part_<number>``, ``prototype_<stream>`` (the emotion of the heaviest prototypes) and
            ``nearest_<number>``.
        """
        names = ("subject", "session", "trial", "window", "t_start", "t_stop")
        table: dict[str, list[Any]] = {name: getattr(self.windows, name).tolist() for name in names}
        table["emotion"] = [self.labels[index] for index in self.D_pred.argmax(1)]
        table |= {f"change_{name}": moved_share(change).tolist() for name, change in self.by_modality.items()}
        moved = moved_share(self.by_time)
        table |= {f"change_part_{part + 1}": moved[:, part].tolist() for part in range(moved.shape[1])}
        for stream, weights in self.prototypes.items():
            table[f"prototype_{stream}"] = [self.labels[index] for index in weights.sum(2).argmax(1)]
        for number in range(max(map(len, self.nearest or []), default=0)):
            table[f"nearest_{number + 1}"] = [_name(trials[number]) for trials in self.nearest or []]
        return table


def moved_share(change: Float64[np.ndarray, "*n k"]) -> Float64[np.ndarray, "*n"]:
    """Return the total variation distance of two distributions from their difference.

    Args:
        change: (… k) differences.

    Returns:
        (…) from 0 to 1.
    """
    return np.asarray(np.abs(change).sum(-1) / 2)


def _name(trial: NearTrial) -> str:
    return "/".join(filter(None, (trial.subject, trial.session, trial.trial)))
