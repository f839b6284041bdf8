"""Hold predictions as a table: one row a window or a trial."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64

from mpcl_core.data.pooling import number_trials
from mpcl_core.interfaces.data import WindowSet


@dataclass(frozen=True)
class Predictions:
    """Hold the predictions of N windows.

    Args:
        windows: the windows.
        D_pred: (N, k) their predicted distributions.
        labels: the names of the k emotions.
    """

    windows: WindowSet
    D_pred: Float64[np.ndarray, "N k"]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.D_pred)

    def columns(self) -> dict[str, list[Any]]:
        """Return the table with a row for each window.

        Returns:
            Column -> values: ``subject``, ``session``, ``trial``, ``window``, ``t_start``, ``t_stop``, one column an
            emotion, ``present_<modality>`` and ``flags``.
        """
        names = ("subject", "session", "trial", "window", "t_start", "t_stop")
        table: dict[str, list[Any]] = {name: getattr(self.windows, name).tolist() for name in names}
        table |= {label: self.D_pred[:, number].tolist() for number, label in enumerate(self.labels)}
        present = self.windows.present
        table |= {f"present_{name}": mask.tolist() for name, mask in present.items()}
        table["flags"] = [
            ";".join(f"{name} absent" for name, mask in present.items() if not mask[row]) for row in range(len(self))
        ]
        return table

    def by_trial(self) -> dict[str, list[Any]]:
        """Return the table with a row for each trial: the mean of its windows.

        Returns:
            Column -> values, as `columns`, with the number of ``windows`` in place of ``window`` and ``flags``, and for
            each modality the share of the windows that have it.
        """
        trial, first = number_trials(self.windows)
        count = np.bincount(trial)
        table: dict[str, list[Any]] = {
            name: getattr(self.windows, name)[first].tolist() for name in ("subject", "session", "trial")
        }
        table["windows"] = count.tolist()
        for name, extreme in (("t_start", np.fmin), ("t_stop", np.fmax)):
            found = np.full(len(first), np.nan)
            extreme.at(found, trial, getattr(self.windows, name))
            table[name] = found.tolist()
        shares = {label: self.D_pred[:, number] for number, label in enumerate(self.labels)}
        shares |= {f"present_{name}": mask.astype(np.float64) for name, mask in self.windows.present.items()}
        return table | {name: (np.bincount(trial, values) / count).tolist() for name, values in shares.items()}

    def to_frame(self) -> Any:
        """Return the table as a data frame of pandas, which has to be installed.

        Returns:
            One row a window.
        """
        import pandas

        return pandas.DataFrame(self.columns())
