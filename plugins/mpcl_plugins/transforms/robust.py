"""Zero median and unit interquartile range: (x − m) / (q₇₅ − q₂₅), which a few artefacts hardly change.

A signal is normalised by channel, over windows and time. A feature table (no sampling rate) is normalised by entry,
over windows, since its features have different units. Where the two quartiles are equal, x − m is not divided.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Float32

from mpcl_core.plugin import (
    AffineMap,
    AffineModule,
    FittedValues,
    Modality,
    StateValue,
    SubjectTransform,
    TransformModule,
    WindowSet,
)
from mpcl_plugins.transforms._modules import SampleQuartiles
from mpcl_plugins.transforms._scoped import Scope, Scoped

Quartiles = tuple[Float32[np.ndarray, "_ c _"], Float32[np.ndarray, "_ c _"]]
"""Median and interquartile range, of a channel or of each of its features."""


class Robust(Scoped):
    """Normalise each modality by its quartiles over the windows in which it is present.

    An absent modality stays zero. Scope ``subject`` takes the windows to be transformed and those of the same subject
    that were fitted on, and so removes differences between people. The prediction for one window then depends on the
    subject's other signals, though on no label: it is transductive, and cannot be made from a single window of a new
    person.

    Args:
        scope: ``train``, quartiles of all fitting windows; ``subject``, quartiles of each subject; ``sample``,
            quartiles of each window itself, channel by channel over time (sampled signals only).
    """

    name = "robust"

    def __init__(self, *, scope: Scope = "train") -> None:
        super().__init__(scope=scope)
        self._known: dict[str, Quartiles] = {}
        self._fitted: tuple[WindowSet, ...] = ()

    def fit(self, windows: WindowSet) -> "Robust":
        """Learn the quartiles of the windows.

        With scope ``subject`` the windows are stored, as quartiles cannot be merged.

        Args:
            windows: the fitting windows.

        Returns:
            The transform itself.

        Raises:
            DataError: scope is ``subject`` and a window names no subject; or as `outputs`.
        """
        self.outputs(windows.modalities)
        self.require_subjects(windows)
        if self.scope == "train":
            self._known = dict(_measured([(windows, np.ones(len(windows), bool))], windows.modalities))
        if self.scope == "subject":
            self._fitted = (windows,)
        return self

    def join(self, parts: Sequence[SubjectTransform]) -> "Robust":
        """Collect the windows of subjects; for scope ``subject``.

        Args:
            parts: fitted on one subject each.

        Returns:
            The transform itself.
        """
        self._fitted = tuple(windows for part in parts if isinstance(part, Robust) for windows in part._fitted)
        return self

    def affine_maps(self) -> Mapping[str, AffineMap]:
        """Return the map of the windows of the one subject that it was fitted on; for scope ``subject``.

        Returns:
            Modality name -> its map.
        """
        (windows,) = self._fitted
        return self.maps_of(windows)

    def maps_of(self, windows: WindowSet) -> Mapping[str, AffineMap]:
        """Return the map of windows of one subject, by their quartiles and those of its fitted windows.

        Args:
            windows: of the subject.

        Returns:
            Modality name -> its map.
        """
        chosen = [(part, np.ones(len(part), bool)) for part in (windows, *self._fitted)]
        return {
            name: AffineMap(median[0], spread[0]) for name, (median, spread) in _measured(chosen, windows.modalities)
        }

    def transform(self, windows: WindowSet) -> WindowSet:
        """Return the windows normalised.

        With scope ``train``, a modality that no fitting window has is unchanged.

        Args:
            windows: N windows.

        Returns:
            The windows with normalised signals.

        Raises:
            DataError: scope is ``subject`` and a window names no subject.
        """
        if self.scope == "sample":
            return windows.with_signals({n: _normalised(X, _quartiles(X, (2,))) for n, X in windows.X.items()})
        if self.scope == "subject":
            return self._by_subject(windows)
        X = {n: _normalised(X, self._known[n]) if n in self._known else X for n, X in windows.X.items()}
        return windows.with_signals(X)

    def state_dict(self) -> FittedValues:
        state: FittedValues = {"known": np.array(list(self._known), dtype=np.str_)}
        for name, (median, spread) in self._known.items():
            state |= {f"median.{name}": median, f"spread.{name}": spread}
        if self._fitted:
            names = list(self._fitted[0].X)
            state |= {"subject": np.concatenate([part.subject for part in self._fitted])}
            state |= {"fitted": np.array(names, dtype=np.str_)}
            state |= {f"values.{name}": np.concatenate([part.X[name] for part in self._fitted]) for name in names}
            state |= {
                f"present.{name}": np.concatenate([part.present[name] for part in self._fitted]) for name in names
            }
        return state

    def load_state_dict(self, state: Mapping[str, StateValue]) -> None:
        names = np.asarray(state["known"]).tolist()
        self._known = {
            name: (np.asarray(state[f"median.{name}"]), np.asarray(state[f"spread.{name}"])) for name in names
        }
        if "subject" in state:
            subject, names = np.asarray(state["subject"]), np.asarray(state["fitted"]).tolist()
            X = {name: np.asarray(state[f"values.{name}"]) for name in names}
            present = {name: np.asarray(state[f"present.{name}"]) for name in names}
            self._fitted = (WindowSet((), X, present, np.zeros((len(subject), 0)), (), subject=subject),)

    def module(self, modalities: tuple[Modality, ...]) -> TransformModule | None:
        """Return the transform as a module; with scope ``subject`` there is none.

        Args:
            modalities: those of the windows before the transform.

        Returns:
            The module, or None.
        """
        if self.scope == "subject":
            return None
        if self.scope == "sample":
            return SampleQuartiles()
        return AffineModule({name: AffineMap(median[0], spread[0]) for name, (median, spread) in self._known.items()})

    def _by_subject(self, windows: WindowSet) -> WindowSet:
        X = {name: values.copy() for name, values in windows.X.items()}
        for subject, members in self.groups(windows):
            parts = [(part, part.subject == subject) for part in (windows, *self._fitted)]
            for name, quartiles in _measured(parts, windows.modalities):
                X[name][members] = _normalised(windows.X[name][members], quartiles)
        return windows.with_signals(X)


def _measured(
    chosen: list[tuple[WindowSet, Bool[np.ndarray, "_"]]], modalities: tuple[Modality, ...]
) -> Iterator[tuple[str, Quartiles]]:
    """Yield each modality that any of the chosen windows has, with its quartiles over all of them.

    Yields:
        The name and the quartiles.
    """
    for modality in modalities:
        name = modality.name
        values = np.concatenate([windows.X[name][is_chosen & windows.present[name]] for windows, is_chosen in chosen])
        if len(values):
            yield name, _quartiles(values, (0,) if modality.sfreq is None else (0, 2))


def _quartiles(values: Float32[np.ndarray, "N c t"], axes: tuple[int, ...]) -> Quartiles:
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75], axis=axes, keepdims=True).astype(np.float32)
    return median, np.where(high > low, high - low, np.float32(1))


def _normalised(values: Float32[np.ndarray, "N c t"], quartiles: Quartiles) -> Float32[np.ndarray, "N c t"]:
    median, spread = quartiles
    return (values - median) / spread
