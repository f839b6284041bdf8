"""Zero mean and unit variance: (x − μ) / σ, with μ and σ of the fold's fitting windows, of a subject, or of a window.

A signal is normalised by channel, over windows and time. A feature table (no sampling rate) is normalised by entry,
over windows, since its features have different units. Computed in float64; for what never varies, σ = 1.
"""

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
from jaxtyping import Float32

from mpcl_core.plugin import (
    AffineMap,
    AffineModule,
    FittedValues,
    MergeableTransform,
    Modality,
    StateValue,
    Statistics,
    SubjectTransform,
    TransformModule,
    WindowSet,
)
from mpcl_plugins.transforms._modules import PersonMoments, SampleMoments
from mpcl_plugins.transforms._moments import Moments
from mpcl_plugins.transforms._scoped import Scope, Scoped

KnownMoments = dict[tuple[str, str], Moments]
"""(group, modality) -> its moments; the group is a subject, or ''."""


class ZScore(MergeableTransform, Scoped):
    """Normalise each modality by its moments over the windows in which it is present.

    An absent modality stays zero. All windows count alike. With scope ``subject`` each subject is normalised by itself,
    which removes differences between people: by the windows at hand, pooled with those of the subject that were fitted
    on. The prediction for one window then depends on the subject's other signals, though on no label: that is
    transductive, and such a result cannot be had from a single window of a stranger.

    Args:
        scope: ``train``, statistics of all fitting windows; ``subject``, statistics of each subject; ``sample``, each
            window's own, channel by channel over time (sampled signals only).
    """

    name = "zscore"

    def __init__(self, *, scope: Scope = "train") -> None:
        super().__init__(scope=scope)
        self._known: KnownMoments = {}

    @property
    def merges(self) -> bool:
        """Return True with scope ``train``, where all windows are normalised by the same moments."""
        return self.scope == "train"

    def fit(self, windows: WindowSet) -> "ZScore":
        """Learn the moments of the windows.

        Args:
            windows: the fitting windows.

        Returns:
            The transform itself.

        Raises:
            DataError: scope is ``subject`` and a window names no subject; or as `outputs`.
        """
        self.outputs(windows.modalities)
        self._known = {} if self.scope == "sample" else self._measured(windows)
        return self

    def statistics(self, windows: WindowSet) -> Statistics:
        """Return the moments of each modality over all windows.

        Args:
            windows: N windows.

        Returns:
            ``<modality>.n``, ``<modality>.mean`` and ``<modality>.variance``, where a window has the modality.
        """
        return _as_statistics({name: moments for (_, name), moments in self._measured(windows).items()})

    def merge(self, parts: Sequence[Statistics]) -> Statistics:
        """Pool the moments of each modality.

        Args:
            parts: the statistics of each part.

        Returns:
            Those of all their windows.
        """
        keys = dict.fromkeys(chain.from_iterable(parts))
        names = [key.removesuffix(".n") for key in keys if key.endswith(".n")]
        return _as_statistics({name: Moments.pooled(_read_all(parts, name)) for name in names})

    def fit_statistics(self, statistics: Statistics) -> "ZScore":
        """Learn the moments of the fitting windows from their statistics; for scope ``train``.

        Args:
            statistics: as `statistics` or `merge` returned them.

        Returns:
            The transform itself.
        """
        names = [key.removesuffix(".n") for key in statistics if key.endswith(".n")]
        self._known = {("", name): _read(statistics, name) for name in names}
        return self

    def join(self, parts: Sequence[SubjectTransform]) -> "ZScore":
        """Collect the moments of subjects; for scope ``subject``.

        Args:
            parts: fitted on one subject each.

        Returns:
            The transform itself.
        """
        self._known = {key: each for part in parts if isinstance(part, ZScore) for key, each in part._known.items()}
        return self

    def affine_maps(self) -> Mapping[str, AffineMap]:
        """Return the map (x − μ) / σ of each modality; for scope ``train``, or a fit on one subject.

        Returns:
            Modality name -> its map.
        """
        return _maps(self._known)

    def maps_of(self, windows: WindowSet) -> Mapping[str, AffineMap]:
        """Return the map of windows of one subject, by their moments pooled with the fitted ones.

        Args:
            windows: of the subject.

        Returns:
            Modality name -> its map.
        """
        return _maps(self._pooled(windows))

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
        return self._normalised(windows, self._pooled(windows) if self.scope == "subject" else self._known)

    def fit_transform(self, windows: WindowSet) -> WindowSet:
        """Learn the moments of the windows and return them normalised.

        Args:
            windows: the fitting windows.

        Returns:
            The windows with normalised signals.
        """
        return self.fit(windows)._normalised(windows, self._known)

    def state_dict(self) -> FittedValues:
        state: FittedValues = {
            "group": np.array([group for group, _ in self._known], dtype=np.str_),
            "modality": np.array([modality for _, modality in self._known], dtype=np.str_),
        }
        for number, moments in enumerate(self._known.values()):
            state |= {f"{number}.{name}": value for name, value in moments._asdict().items()}
        return state

    def load_state_dict(self, state: Mapping[str, StateValue]) -> None:
        keys = zip(*(np.asarray(state[name]).tolist() for name in ("group", "modality")), strict=True)
        self._known = {key: _read(state, str(number)) for number, key in enumerate(keys)}

    def module(self, modalities: tuple[Modality, ...]) -> TransformModule:
        """Return the transform as a module; with scope ``subject`` it takes all windows of one new person.

        Args:
            modalities: those of the windows before the transform.

        Returns:
            The module.
        """
        if self.scope == "sample":
            return SampleMoments()
        if self.scope == "subject":
            tables = frozenset(modality.name for modality in modalities if modality.sfreq is None)
            return PersonMoments(tables, frozenset(group for group, _ in self._known))
        return AffineModule(self.affine_maps())

    def _normalised(self, windows: WindowSet, moments: KnownMoments) -> WindowSet:
        if self.scope == "sample":
            return windows.with_signals({name: _by_sample(values) for name, values in windows.X.items()})
        X = {name: values.copy() for name, values in windows.X.items()}
        for group, members in self.groups(windows):
            for name, values in windows.X.items():
                if (group, name) in moments:
                    X[name][members] = moments[group, name].normalised(values[members])
        return windows.with_signals(X)

    def _pooled(self, windows: WindowSet) -> KnownMoments:
        measured = self._measured(windows)
        known = {key: [self._known[key]] for key in measured if key in self._known}
        return {key: Moments.pooled([*known.get(key, []), new]) for key, new in measured.items()}

    def _measured(self, windows: WindowSet) -> KnownMoments:
        moments: KnownMoments = {}
        for group, members in self.groups(windows):
            for modality in windows.modalities:
                present = members[windows.present[modality.name][members]]
                if len(present):
                    moments[group, modality.name] = Moments.of(windows.X[modality.name][present], modality)
        return moments


def _maps(moments: KnownMoments) -> dict[str, AffineMap]:
    return {name: AffineMap(each.mean[0], each.deviation[0]) for (_, name), each in moments.items()}


def _as_statistics(moments: Mapping[str, Moments]) -> Statistics:
    return {f"{name}.{key}": np.asarray(each) for name, own in moments.items() for key, each in own._asdict().items()}


def _read(values: Mapping[str, StateValue], prefix: str) -> Moments:
    n, mean, variance = (np.asarray(values[f"{prefix}.{name}"]) for name in Moments._fields)
    return Moments(int(n), mean, variance)


def _read_all(parts: Sequence[Statistics], prefix: str) -> list[Moments]:
    """Read the moments of a modality from the parts that have it, of which a study has hundreds.

    Returns:
        The moments.
    """
    n, mean, variance = (f"{prefix}.{name}" for name in Moments._fields)
    return [Moments(int(part[n]), part[mean], part[variance]) for part in parts if n in part]


def _by_sample(values: Float32[np.ndarray, "N c t"]) -> Float32[np.ndarray, "N c t"]:
    """Return each channel of each window normalised over its own time; what is absent, all zero, stays so.

    Returns:
        (N, c, t).
    """
    mean = values.mean(2, dtype=np.float64, keepdims=True)
    deviation = values.std(2, dtype=np.float64, keepdims=True, mean=mean)
    constant = values.max(2, keepdims=True) == values.min(2, keepdims=True)
    return np.asarray((values - mean) / np.where(constant, 1.0, deviation), dtype=np.float32)
