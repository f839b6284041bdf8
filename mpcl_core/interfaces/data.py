"""Define the data that pass between the slots.

Letters in the shapes: b batch, c channels, t time, n tokens, d width, k emotions, m prototypes per emotion,
N windows of a study, T samples of a recording.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int64, Shaped
from torch import Tensor

from mpcl_core.interfaces.errors import DataError

UNKNOWN: Any = None
"""Default of a column that a source leaves out: text becomes '', times NaN, weights 1, window numbers 0."""


@dataclass(frozen=True)
class Modality:
    """Describe one named signal or feature table, without its values.

    Args:
        name: ``eeg``, ``ppg``, ``gsr``, ``face``, ``respiration`` …
        n_chans: number of channels.
        n_times: samples of a window, or features per channel; None for a continuous recording.
        sfreq: sampling rate in Hz; None for precomputed features.
        ch_names: one name a channel, or empty.
        unit: ``uV``, ``uS``, ``degC`` …; empty where unknown.
    """

    name: str
    n_chans: int
    n_times: int | None = None
    sfreq: float | None = None
    ch_names: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class Valence:
    """Name the pleasant and the unpleasant emotions: two disjoint sets of labels."""

    positive: tuple[str, ...]
    negative: tuple[str, ...]


@dataclass(frozen=True)
class StreamInfo:
    """Describe a stream to a head: its name, and whether it has a memory."""

    name: str
    memory: bool


@dataclass
class Signal:
    """Hold the values of one modality in a recording.

    Args:
        values: (c, T). NaN marks a dropout.
        sfreq: sampling rate in Hz.
        start: seconds from the start of the recording to the first sample.
    """

    values: Float32[np.ndarray, "c T"]
    sfreq: float
    start: float = 0.0


@dataclass
class Recording:
    """Hold one continuous stretch of one subject and trial, with the distribution that was rated for it.

    Args:
        signals: modality name -> signal, each with its own rate and start; a missing modality has no key.
        D: (k,) the emotion distribution.
        subject, session, trial, condition, stimulus: '' where unknown. ``trial`` is unique within a subject.
        weight: of the recording; its windows share it.
    """

    signals: dict[str, Signal]
    D: Float64[np.ndarray, "k"]
    subject: str
    trial: str
    session: str = ""
    condition: str = ""
    stimulus: str = ""
    weight: float = 1.0


@dataclass(frozen=True)
class RecordingOverlap:
    """Hold two recordings of a source that contain the same seconds of the same signals.

    Args:
        first, second: the subject and trial of each.
        offset: seconds from the start of the first to the start of the second.
    """

    first: tuple[str, str]
    second: tuple[str, str]
    offset: float


TEXT_COLUMNS = ("subject", "session", "trial", "condition", "stimulus", "split")


@dataclass
class WindowSet:
    """Hold the windows of a study: those cut from its recordings, or the rows of a feature table.

    Args:
        modalities: one entry for each key of ``X``, in the same order.
        X: modality name -> (N, c, t), zero where the modality is absent.
        present: modality name -> (N,) whether the window has it.
        D: (N, k) emotion distributions, rows on the simplex.
        weight: (N,) of the windows, mean 1; windows of one recording share its weight.
        subject, session, trial, condition, stimulus, split: (N,) text, '' where unknown.
        window: (N,) number of the window in its recording, from 0.
        t_start, t_stop: (N,) seconds in the recording; NaN where unknown.
        labels: names of the k emotions.
        valence: which of them are pleasant and unpleasant, or None.

    Example:
        >>> windows = WindowSet(
        ...     modalities=(Modality("gsr", n_chans=1, n_times=2),),
        ...     X={"gsr": np.zeros((3, 1, 2), np.float32)},
        ...     present={"gsr": np.ones(3, bool)},
        ...     D=np.full((3, 2), 0.5),
        ...     labels=("happy", "sad"),
        ... )
        >>> len(windows), windows.n_outputs, windows.weight
        (3, 2, array([1., 1., 1.]))
    """

    modalities: tuple[Modality, ...]
    X: dict[str, Float32[np.ndarray, "N _ _"]]
    present: dict[str, Bool[np.ndarray, "N"]]
    D: Float64[np.ndarray, "N k"]
    labels: tuple[str, ...]
    weight: Float64[np.ndarray, "N"] = UNKNOWN
    subject: Shaped[np.ndarray, "N"] = UNKNOWN
    session: Shaped[np.ndarray, "N"] = UNKNOWN
    trial: Shaped[np.ndarray, "N"] = UNKNOWN
    condition: Shaped[np.ndarray, "N"] = UNKNOWN
    stimulus: Shaped[np.ndarray, "N"] = UNKNOWN
    split: Shaped[np.ndarray, "N"] = UNKNOWN
    window: Int64[np.ndarray, "N"] = UNKNOWN
    t_start: Float64[np.ndarray, "N"] = UNKNOWN
    t_stop: Float64[np.ndarray, "N"] = UNKNOWN
    valence: Valence | None = None

    def __post_init__(self) -> None:
        n = len(self.D)
        unknown = {name: np.zeros(n, dtype="U1") for name in TEXT_COLUMNS}
        times = {name: np.full(n, np.nan) for name in ("t_start", "t_stop")}
        numbers = {"weight": np.ones(n), "window": np.zeros(n, dtype=np.int64)}
        for name, default in {**unknown, **times, **numbers}.items():
            if getattr(self, name) is None:
                setattr(self, name, default)

    def __len__(self) -> int:
        return len(self.D)

    @property
    def n_outputs(self) -> int:
        """Return k, the number of emotions."""
        return int(self.D.shape[1])

    def take(self, indices: Int64[np.ndarray, "R"]) -> "WindowSet":
        """Select windows.

        Args:
            indices: of the windows.

        Returns:
            Copies of the windows, in the order of the indices.
        """
        return replace(
            self,
            X={name: values[indices] for name, values in self.X.items()},
            present={name: mask[indices] for name, mask in self.present.items()},
            **_columns(lambda name: getattr(self, name)[indices]),
        )

    def with_signals(self, X: Mapping[str, Float32[np.ndarray, "N _ _"]]) -> "WindowSet":
        """Replace the values of the modalities.

        Args:
            X: modality name -> values.

        Returns:
            The same windows with the new values, which are set to 0 where the modality is absent.
        """
        return replace(self, X={name: _zeroed(values, self.present[name]) for name, values in X.items()})

    def validate(self, origin: Path | str | None = None) -> "WindowSet":
        """Check every array.

        Args:
            origin: the file to name in the error.

        Returns:
            The window set itself.

        Raises:
            DataError: naming the file, the field and the row.
        """
        if not len(self):
            raise DataError("there are no windows", origin)
        if len(self.labels) != self.n_outputs:
            raise DataError(f"{len(self.labels)} labels for {self.n_outputs} columns", origin, "D")
        check_distributions(self.D, "D", origin)
        check_weight(self.weight, origin)
        if names := [m.name for m in self.modalities if m.name not in self.X or m.name not in self.present]:
            raise DataError(f"modalities without values or presence mask: {', '.join(names)}", origin)
        for modality in self.modalities:
            self._validate_modality(modality, origin)
        for name in WINDOW_COLUMNS:
            if len(getattr(self, name)) != len(self):
                raise DataError(f"{len(getattr(self, name))} values for {len(self)} windows", origin, name)
        return self

    def _validate_modality(self, modality: Modality, origin: Path | str | None) -> None:
        values = self.X[modality.name]
        expected = (len(self), modality.n_chans, modality.n_times)
        if values.shape != expected:
            raise DataError(f"shape {values.shape}, but {expected} was declared", origin, modality.name)
        _check_finite(values, modality.name, origin)
        absent = ~self.present[modality.name]
        if values[absent].any():
            row = int(np.flatnonzero(absent)[values[absent].any(axis=(1, 2))][0])
            raise DataError("absent, but not zero", origin, modality.name, row)


def _zeroed(values: Float32[np.ndarray, "N _ _"], present: Bool[np.ndarray, "N"]) -> Float32[np.ndarray, "N _ _"]:
    return values if present.all() else values * present[:, None, None]


WINDOW_COLUMNS = ("D", "weight", *TEXT_COLUMNS, "window", "t_start", "t_stop")


def concatenate(parts: Sequence[WindowSet]) -> WindowSet:
    """Concatenate window sets of the same modalities and labels.

    Args:
        parts: at least one.

    Returns:
        The windows of all parts, in order.

    Example:
        >>> X, present, D = {"gsr": np.zeros((2, 1, 1), np.float32)}, {"gsr": np.ones(2, bool)}, np.full((2, 2), 0.5)
        >>> part = WindowSet((Modality("gsr", 1, 1),), X, present, D, ("happy", "sad"))
        >>> len(concatenate([part, part]))
        4
    """
    first = parts[0]
    return replace(
        first,
        X={name: np.concatenate([part.X[name] for part in parts]) for name in first.X},
        present={name: np.concatenate([part.present[name] for part in parts]) for name in first.present},
        **_columns(lambda name: np.concatenate([getattr(part, name) for part in parts])),
    )


def _columns(of: Callable[[str], np.ndarray]) -> dict[str, Any]:
    return {name: of(name) for name in WINDOW_COLUMNS}


def check_distributions(
    D: Float[np.ndarray, "N k"], name: str, origin: Path | str | None = None, tolerance: float = 1e-4
) -> None:
    """Check that each row of an array is a distribution.

    Args:
        D: one row for each window.
        name: of the array, for the error.
        origin: the file to name in the error.
        tolerance: largest difference of a row's sum from 1.

    Raises:
        DataError: a row is not finite, has a negative entry, or does not sum to 1; names the first.

    Example:
        >>> check_distributions(np.array([[0.4, 0.6]]), "D")
        >>> check_distributions(np.array([[0.4, 0.7]]), "D")
        Traceback (most recent call last):
            ...
        mpcl_core.interfaces.errors.DataError: D, row 0: sums to 1.1, but a distribution sums to 1
    """
    _check_finite(D, name, origin)
    if len(negative := np.flatnonzero((D < 0).any(1))):
        row = int(negative[0])
        raise DataError(f"{D[row].min():g} is negative", origin, name, row)
    if len(off := np.flatnonzero(np.abs(D.sum(1) - 1) > tolerance)):
        row = int(off[0])
        raise DataError(f"sums to {D[row].sum():.6g}, but a distribution sums to 1", origin, name, row)


def check_weight(weight: Float[np.ndarray, "N"], origin: Path | str | None = None) -> None:
    """Check that each entry of an array is a weight.

    Args:
        weight: (N,) of the windows; all may be 0.
        origin: the file to name in the error.

    Raises:
        DataError: a weight is negative or not finite; names the first.

    Example:
        >>> check_weight(np.array([2.0, 0.0]))
        >>> check_weight(np.array([2.0, -1.0]))
        Traceback (most recent call last):
            ...
        mpcl_core.interfaces.errors.DataError: weight, row 1: -1 is not a weight; weights are finite and not negative
    """
    wrong = ~(np.isfinite(weight) & (weight >= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(f"{weight[row]:g} is not a weight; weights are finite and not negative", origin, "weight", row)


def scale_weight(weight: Float[np.ndarray, "N"], origin: Path | str | None = None) -> Float64[np.ndarray, "N"]:
    """Scale weights to mean 1.

    Args:
        weight: (N,) of the windows, of any scale.
        origin: the file to name in the error.

    Returns:
        (N,) the scaled weights.

    Raises:
        DataError: a weight is negative or not finite, or all are 0.

    Example:
        >>> scale_weight(np.array([3.0, 1.0]))
        array([1.5, 0.5])
    """
    check_weight(weight, origin)
    if not weight.any():
        raise DataError("all windows have weight 0", origin, "weight")
    return np.asarray(weight * (len(weight) / weight.sum()), np.float64)


def _check_finite(values: Float[np.ndarray, "N ..."], name: str, origin: Path | str | None) -> None:
    finite = np.isfinite(values).reshape(len(values), -1).all(1)
    if not finite.all():
        raise DataError("holds NaN or an infinite value", origin, name, int(np.argmin(finite)))


@dataclass
class Batch:
    """Hold some windows of a study as tensors. A window of weight 0 is padding.

    Args:
        X: modality name -> (b c t).
        present: modality name -> (b).
        D: (b k).
        weight: (b).
    """

    X: dict[str, Float[Tensor, "b _ _"]]
    present: dict[str, Bool[Tensor, "b"]]
    D: Float[Tensor, "b k"]
    weight: Float[Tensor, "b"]


class Recall(NamedTuple):
    """Hold what a memory returns: the semantics-enriched representation and the weights of its prototypes."""

    enriched: Float[Tensor, "b d"]
    weights: Float[Tensor, "b k m"]


@dataclass
class StreamState:
    """Hold what the network computed of one stream for a batch of windows.

    Args:
        tokens: modality name -> (b n d).
        z: (b d) the fused embedding; 0 where the stream is absent.
        present: (b) whether any modality of the stream is present.
        weights: (b k m), enriched: (b d), prototypes: (k m d): None where the stream has no memory.
    """

    tokens: dict[str, Float[Tensor, "b _ d"]]
    z: Float[Tensor, "b d"]
    present: Bool[Tensor, "b"]
    weights: Float[Tensor, "b k m"] | None = None
    enriched: Float[Tensor, "b d"] | None = None
    prototypes: Float[Tensor, "k m d"] | None = None


@dataclass
class State:
    """Hold the results of a forward pass.

    Args:
        streams: stream name -> its state, in recipe order.
        logits: (b k); their softmax is the prediction.
        aux: what the head returns for objectives, by name.
    """

    streams: dict[str, StreamState]
    logits: Float[Tensor, "b k"]
    aux: dict[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Fold:
    """Hold one split of a study as indices of windows.

    Args:
        train, validation: the fitting windows; validation serves choices such as early stopping,
            never results.
        test: the windows that are scored.
        label: name of the fold in the run folder (the held-out subject, for example).
    """

    train: Int64[np.ndarray, "_"]
    validation: Int64[np.ndarray, "_"]
    test: Int64[np.ndarray, "_"]
    label: str


@dataclass(frozen=True)
class Job:
    """Identify a job, the unit that is run, parallelised and stored: one variant, one seed, one fold.

    Args:
        variant: name of the variant.
        seed: of the job.
        fold: label of the fold.
        folder: the folder for the job's files.
    """

    variant: str
    seed: int
    fold: str
    folder: Path
