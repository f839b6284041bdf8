"""Hold predictions as a table: one row a window or a trial."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from mpcl_core.data.pooling import number_trials
from mpcl_core.data.unused_recordings import UnusedRecording
from mpcl_core.evaluation.error_bars import ErrorBars
from mpcl_core.interfaces.data import WindowSet, concatenate
from mpcl_core.interfaces.errors import DataError


@dataclass(frozen=True)
class Predictions:
    """Hold the predictions of N windows.

    Args:
        windows: the windows.
        D_pred: (N, k) their predicted distributions.
        labels: the names of the k emotions.
        error_bars: how far true distributions lie from these; None or without a radius where that is unknown.
        outside: modality -> (N,) whether it lies far outside the range that was seen in the training.
        embeddings: stream -> (N, d) fused embeddings; empty where they are not wanted.
        used: the modalities on which the predictions depend, the only ones whose absence is flagged; None for all.
        unused: recordings that give no window, most of them because they are too short.
    """

    windows: WindowSet
    D_pred: Float64[np.ndarray, "N k"]
    labels: tuple[str, ...]
    error_bars: ErrorBars | None = None
    outside: Mapping[str, Bool[np.ndarray, "N"]] = field(default_factory=dict)
    embeddings: Mapping[str, Float32[np.ndarray, "N d"]] = field(default_factory=dict)
    used: Collection[str] | None = None
    unused: Sequence[UnusedRecording] = ()

    def __len__(self) -> int:
        return len(self.D_pred)

    @property
    def radius(self) -> float | None:
        """Return the total variation distance within which true distributions of windows lie; None if unknown."""
        return self.error_bars.radius if self.error_bars else None

    @property
    def low(self) -> Float64[np.ndarray, "N k"] | None:
        """Return (N, k) the lower ends of the error bars; None where there are none."""
        return None if self.radius is None else (self.D_pred - self._half_widths).clip(0)

    @property
    def high(self) -> Float64[np.ndarray, "N k"] | None:
        """Return (N, k) the upper ends of the error bars; None where there are none."""
        return None if self.radius is None else (self.D_pred + self._half_widths).clip(max=1)

    @property
    def flags(self) -> list[str]:
        """Return (N,) what is unusual about each window, joined by semicolons; empty where nothing is."""
        marks = self._marks
        return [";".join(text for text, mask in marks.items() if mask[row]) for row in range(len(self))]

    def check_any_present(self) -> None:
        """Raise an error where no window has anything on which the model depends.

        Raises:
            DataError: all modalities that it uses are absent in all windows.
        """
        wanted = [name for name in self.windows.present if self.used is None or name in self.used]
        if wanted and len(self) and not any(self.windows.present[name].any() for name in wanted):
            raise DataError(f"no window has a modality on which the model depends ({', '.join(wanted)})")

    def notes(self, is_pooled: bool, trial_seconds: float | None = None) -> list[str]:
        """Describe what a reader of the table should know.

        Args:
            is_pooled: whether the model averages the windows of a trial.
            trial_seconds: how long the trials of its training were; None where that is unknown.

        Returns:
            A sentence where windows of a trial have one prediction, and one where modalities are absent.
        """
        found = []
        n_trials = len(number_trials(self.windows)[1]) if is_pooled else len(self)
        if n_trials < len(self):
            training = f" (the trials of the training lasted {trial_seconds:g} s)" if trial_seconds else ""
            found.append(
                f"The model averages the windows of a trial (pool): the {len(self)} windows of {n_trials} "
                f"trial{'s' * (n_trials > 1)} have one prediction a trial; --by trial has a row for each, and "
                f"--stretch S predicts each S seconds{training}"
            )
        counts = {name: int(mask.sum()) for name, mask in self._absent.items()}
        if absent := [f"{name} in {_share(n, len(self))}" for name, n in counts.items() if n]:
            found.append(f"Absent: {', '.join(absent)} windows")
        return found

    @property
    def _absent(self) -> dict[str, Bool[np.ndarray, "N"]]:
        """Return modality -> (N,) whether a window lacks it, for the modalities on which predictions depend."""
        present = self.windows.present
        return {name: ~mask for name, mask in present.items() if self.used is None or name in self.used}

    @property
    def _marks(self) -> dict[str, Bool[np.ndarray, "N"]]:
        """Return flag -> (N,) whether a window has it."""
        outside = {f"{name} outside the training range": mask for name, mask in self.outside.items()}
        return {f"{name} absent": mask for name, mask in self._absent.items()} | outside

    @property
    def _half_widths(self) -> Float64[np.ndarray, "k"]:
        return np.array(self.error_bars.half_widths if self.error_bars else ())

    def columns(self) -> dict[str, list[Any]]:
        """Return the table with a row for each window.

        Returns:
            Column -> values: ``subject``, ``session``, ``trial``, ``window``, ``t_start``, ``t_stop``, one column an
            emotion; where there are error bars ``low_<emotion>``, ``high_<emotion>`` and ``radius``;
            ``present_<modality>``, ``flags``, and ``<stream>_<number>`` for embeddings. A recording that gives no
            window has a row without numbers.
        """
        names = ("subject", "session", "trial", "window", "t_start", "t_stop")
        table: dict[str, list[Any]] = {name: getattr(self.windows, name).tolist() for name in names}
        table |= _by_label("", self.labels, self.D_pred)
        if self.low is not None and self.high is not None:
            table |= _by_label("low_", self.labels, self.low) | _by_label("high_", self.labels, self.high)
            table["radius"] = [self.radius] * len(self)
        table |= {f"present_{name}": mask.tolist() for name, mask in self.windows.present.items()}
        table["flags"] = self.flags
        for stream, z in self.embeddings.items():
            table |= {f"{stream}_{number}": values for number, values in enumerate(z.T.tolist())}
        return self._with_unused(table)

    def by_trial(self) -> dict[str, list[Any]]:
        """Return the table with a row for each trial: the mean of its windows.

        Returns:
            Column -> values, as `columns`, with the number of ``windows`` in place of ``window``, for each modality the
            share of the windows that have it, and the flags of the windows, with their number where not all have one.
            The error bars are those of trials. Embeddings are left out.
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
        means = np.stack([np.bincount(trial, values) / count for values in self.D_pred.T], axis=1)
        table |= _by_label("", self.labels, means)
        if self.error_bars and self.error_bars.trial_radius is not None:
            half_widths = np.array(self.error_bars.trial_half_widths)
            table |= _by_label("low_", self.labels, (means - half_widths).clip(0))
            table |= _by_label("high_", self.labels, (means + half_widths).clip(max=1))
            table["radius"] = [self.error_bars.trial_radius] * len(first)
        for name, mask in self.windows.present.items():
            table[f"present_{name}"] = (np.bincount(trial, mask) / count).tolist()
        table["flags"] = self._trial_flags(trial, count)
        return self._with_unused(table)

    def _trial_flags(self, trial: Int64[np.ndarray, "N"], count: Int64[np.ndarray, "T"]) -> list[str]:
        """Describe what is unusual about each trial, and in how many of its windows where not in all.

        Returns:
            (T,) flags joined by semicolons.
        """
        flags: list[list[str]] = [[] for _ in count]
        for text, mask in self._marks.items():
            for number, n in enumerate(np.bincount(trial, mask, len(count)).astype(int).tolist()):
                if n:
                    flags[number].append(text if n == count[number] else f"{text} in {n} of {count[number]} windows")
        return [";".join(each) for each in flags]

    def _with_unused(self, table: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """Add a row for each recording that gives no window: its name, and the reason as a flag.

        Returns:
            The table.
        """
        for one in self.unused:
            named = {"subject": one.subject, "trial": one.trial, "flags": _no_window(one), "session": ""}
            for name, column in table.items():
                column.append(named.get(name))
        return table

    def to_frame(self) -> Any:
        """Return the table as a data frame of pandas, which has to be installed.

        Returns:
            One row a window.
        """
        import pandas

        return pandas.DataFrame(self.columns())


def join_predictions(parts: Sequence[Predictions]) -> Predictions:
    """Join predictions of one model.

    Args:
        parts: at least one.

    Returns:
        The predictions of all windows.
    """
    first = parts[0]
    return Predictions(
        concatenate([part.windows for part in parts]),
        np.concatenate([part.D_pred for part in parts]),
        first.labels,
        first.error_bars,
        {name: np.concatenate([part.outside[name] for part in parts]) for name in first.outside},
        {name: np.concatenate([part.embeddings[name] for part in parts]) for name in first.embeddings},
        first.used,
        [one for part in parts for one in part.unused],
    )


def _no_window(recording: UnusedRecording) -> str:
    is_short = " lasts " in recording.reason
    return f"{'too short' if is_short else 'no window'}: {recording.reason or 'the reason is unknown'}"


def _share(n: int, of: int) -> str:
    return f"all {of}" if n == of else f"{n} of {of}"


def _by_label(prefix: str, labels: Sequence[str], values: Float64[np.ndarray, "N k"]) -> dict[str, list[Any]]:
    return {f"{prefix}{label}": column for label, column in zip(labels, values.T.tolist(), strict=True)}
