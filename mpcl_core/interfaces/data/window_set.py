"""Hold the windows of a study: their signals, labels and columns."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64, Shaped

from mpcl_core.interfaces.data.array_checks import check_distributions, check_finite, check_weight
from mpcl_core.interfaces.data.epochs import make_epochs, read_modalities
from mpcl_core.interfaces.data.modality import Modality, Valence
from mpcl_core.interfaces.data.selection import select_windows
from mpcl_core.interfaces.errors import DataError
from mpcl_core.interfaces.suggestions import suggest_name

UNKNOWN: Any = None
"""Default of a column that a source leaves out: text becomes '', times NaN, weights 1, window numbers 0."""

TEXT_COLUMNS = ("subject", "session", "trial", "condition", "stimulus", "split")
WINDOW_COLUMNS = ("D", "weight", *TEXT_COLUMNS, "window", "t_start", "t_stop")


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
        defaults: dict[str, Callable[[], np.ndarray]] = {
            **dict.fromkeys(TEXT_COLUMNS, lambda: np.zeros(n, dtype="U1")),
            **dict.fromkeys(("t_start", "t_stop"), lambda: np.full(n, np.nan)),
            "weight": lambda: np.ones(n),
            "window": lambda: np.zeros(n, dtype=np.int64),
        }
        for name, default in defaults.items():
            if getattr(self, name) is None:
                setattr(self, name, default())

    def __len__(self) -> int:
        return len(self.D)

    @property
    def n_outputs(self) -> int:
        """Return k, the number of emotions."""
        return int(self.D.shape[1])

    @staticmethod
    def from_epochs(
        epochs: Mapping[str, Any],
        D: Float64[np.ndarray, "N k"],
        *,
        labels: Sequence[str],
        valence: Valence | None = None,
        **columns: Any,
    ) -> "WindowSet":
        """Convert epochs of MNE-Python, one for each modality and all in the same order.

        Args:
            epochs: modality name -> ``mne.Epochs``.
            D: (N, k) emotion distributions.
            labels: names of the k emotions.
            valence: which of them are pleasant and unpleasant.
            columns: ``subject``, ``trial`` and other columns: a text for all windows, or one for each.

        Returns:
            The windows. ``window`` counts those of each subject, session and trial unless it is stated.

        Raises:
            DataError: the modalities have different numbers of epochs, a column has another length, or a value is
                invalid.
        """
        n = len(D)
        modalities, X = read_modalities(epochs, n)
        arrays = {name: np.broadcast_to(value, n) if np.ndim(value) == 0 else value for name, value in columns.items()}
        text = {name: np.array(array, str if name in TEXT_COLUMNS else None) for name, array in arrays.items()}
        present = {name: np.ones(n, bool) for name in X}
        made = WindowSet(modalities, X, present, np.asarray(D, np.float64), tuple(labels), valence=valence, **text)
        if "window" not in columns:
            made.window = made.numbers_in_trial()
        return made.validate()

    def to_epochs(self, name: str) -> Any:
        """Convert the windows of one modality to epochs of MNE-Python.

        Args:
            name: the modality, which must have a sampling rate.

        Returns:
            ``mne.EpochsArray`` of the windows that have the modality, in SI units, with the columns and the
            distributions as metadata where pandas is installed.

        Raises:
            DataError: there is no such modality, or it is a feature table.
        """
        modality = next((each for each in self.modalities if each.name == name), None)
        if modality is None:
            hint = suggest_name(name, (each.name for each in self.modalities))
            raise DataError(f"there is no such modality.{hint}", field=name)
        windows = self.take(np.flatnonzero(self.present[name]))
        columns = {column: getattr(windows, column) for column in (*TEXT_COLUMNS, "window", "weight")}
        emotions = dict(zip(windows.labels, windows.D.T, strict=True))
        return make_epochs(modality, windows.X[name], {**columns, **emotions})

    def numbers_in_trial(self) -> Int64[np.ndarray, "N"]:
        """Return the number of each window among those of its subject, session and trial.

        Returns:
            (N,) numbers from 0.
        """
        before: Counter[tuple[str, str, str]] = Counter()
        numbers = np.zeros(len(self), np.int64)
        for row, key in enumerate(zip(*(getattr(self, name).tolist() for name in TEXT_COLUMNS[:3]), strict=True)):
            numbers[row] = before[key]
            before[key] += 1
        return numbers

    def take(self, indices: Int64[np.ndarray, "R"]) -> "WindowSet":
        """Select windows.

        Args:
            indices: of the windows.

        Returns:
            Copies of the windows, in the order of the indices.
        """
        select = select_windows(indices)
        return replace(
            self,
            X={name: select(values) for name, values in self.X.items()},
            present={name: select(mask) for name, mask in self.present.items()},
            **_columns(lambda name: select(getattr(self, name))),
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
        check_finite(values, modality.name, origin)
        absent = ~self.present[modality.name]
        if values[absent].any():
            row = int(np.flatnonzero(absent)[values[absent].any(axis=(1, 2))][0])
            raise DataError("absent, but not zero", origin, modality.name, row)


def _zeroed(values: Float32[np.ndarray, "N _ _"], present: Bool[np.ndarray, "N"]) -> Float32[np.ndarray, "N _ _"]:
    return values if present.all() else values * present[:, None, None]


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
