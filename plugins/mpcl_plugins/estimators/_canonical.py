"""Directions in which two tables of features go together (canonical correlation, Hotelling 1936, shrunk).

    A_m = (X_mᵀX_m / n + a · mean var(X_m) · I)^(−½)     U diag(c) Vᵀ = A_1 X_1ᵀX_2 A_2 / n
    h = [X_1 A_1 U diag(c); X_2 A_2 V diag(c)]

Columns of h are scaled by the canonical correlation c, so that a ridge shrinks what the tables do not share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import FittedValues, Standard, StateValue, WindowSet, known_features
from mpcl_plugins.estimators._penalised import select_modalities


@dataclass(frozen=True)
class CanonicalDirections:
    """Hold the maps of two tables to their shared directions.

    Args:
        first, second: (f1, r) and (f2, r), each column scaled by its canonical correlation.
        correlations: (r,) the canonical correlations, descending.
    """

    first: Float64[np.ndarray, "f1 r"]
    second: Float64[np.ndarray, "f2 r"]
    correlations: Float64[np.ndarray, "r"]

    @classmethod
    def of(
        cls, first: Float64[np.ndarray, "N f1"], second: Float64[np.ndarray, "N f2"], shrinkage: float
    ) -> "CanonicalDirections":
        """Learn the directions.

        Args:
            first, second: the tables, row by row of the same trials.
            shrinkage: a.

        Returns:
            As many directions as the smaller table has columns.
        """
        centred = [table - table.mean(0) for table in (first, second)]
        whitening = [_inverse_root(table, shrinkage) for table in centred]
        cross = whitening[0] @ (centred[0].T @ centred[1] / len(first)) @ whitening[1]
        left, correlations, right = np.linalg.svd(cross, full_matrices=False)
        return cls(whitening[0] @ left * correlations, whitening[1] @ right.T * correlations, correlations)

    def features(
        self, first: Float64[np.ndarray, "N f1"], second: Float64[np.ndarray, "N f2"]
    ) -> Float64[np.ndarray, "N r2"]:
        """Describe rows of both tables by the shared directions.

        Args:
            first, second: the tables; a row that lacks one holds zeros there.

        Returns:
            (N, 2 r).
        """
        return np.hstack([first @ self.first, second @ self.second])


@dataclass(frozen=True)
class StreamDirections:
    """Describe windows by the directions that two of their streams share.

    Args:
        first, second: the modalities of the streams.
        standards: standardise the features of each stream.
        directions: the shared directions.
    """

    first: Sequence[str]
    second: Sequence[str]
    standards: tuple[Standard, Standard]
    directions: CanonicalDirections

    @classmethod
    def of(
        cls,
        windows: WindowSet,
        first: Sequence[str],
        second: Sequence[str],
        shrinkage: float,
        drawn: np.random.Generator | None,
    ) -> "StreamDirections":
        """Learn the directions from windows that have both streams; their labels and weights are not used.

        Args:
            windows: the windows.
            first, second: the modalities of the streams.
            shrinkage: a.
            drawn: joins each window's first stream to the second of a drawn one; None keeps them together.

        Returns:
            The directions.
        """
        alike = replace(windows, weight=np.ones(len(windows)))
        one, other = (select_modalities(alike, names) for names in (first, second))
        standards = (Standard.of(one), Standard.of(other))
        has_both = known_features(one).any(1) & known_features(other).any(1)
        x, y = standards[0].features(one)[has_both], standards[1].features(other)[has_both]
        if drawn is not None:
            y = y[drawn.permutation(len(y))]
        return cls(first, second, standards, CanonicalDirections.of(x, y, shrinkage))

    @classmethod
    def from_state(
        cls, state: Mapping[str, StateValue], first: Sequence[str], second: Sequence[str]
    ) -> "StreamDirections":
        """Return the directions that `state_dict` described.

        Args:
            state: holds their arrays, and possibly other values.
            first, second: the modalities of the streams.

        Returns:
            The same directions.
        """
        maps = CanonicalDirections(*(np.asarray(state[name]) for name in ("first", "second", "correlations")))
        one, other = (
            Standard(np.asarray(state[f"{stream}.centre"]), np.asarray(state[f"{stream}.scale"]))
            for stream in ("first", "second")
        )
        return cls(first, second, (one, other), maps)

    def state_dict(self) -> FittedValues:
        """Return the standards and the directions by name, for the state of an estimator.

        Returns:
            Name -> array.
        """
        state: FittedValues = {**vars(self.directions)}
        for stream, standard in zip(("first", "second"), self.standards, strict=True):
            state |= {f"{stream}.{name}": value for name, value in standard.state_dict().items()}
        return state

    def features(self, windows: WindowSet) -> Float64[np.ndarray, "N r2"]:
        """Describe windows by the shared directions.

        Args:
            windows: N windows.

        Returns:
            (N, 2 r) features; those of an absent stream are 0.
        """
        streams = (select_modalities(windows, names) for names in (self.first, self.second))
        x, y = (standard.features(stream) for standard, stream in zip(self.standards, streams, strict=True))
        return self.directions.features(x, y)


def _inverse_root(table: Float64[np.ndarray, "N f"], shrinkage: float) -> Float64[np.ndarray, "f f"]:
    covariance = table.T @ table / len(table)
    ridge = shrinkage * max(float(np.diag(covariance).mean()), np.finfo(np.float64).tiny)
    values, vectors = np.linalg.eigh(covariance + ridge * np.eye(len(covariance)))
    root: Float64[np.ndarray, "f f"] = (vectors / np.sqrt(values.clip(ridge))) @ vectors.T
    return root
