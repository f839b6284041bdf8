"""Offer the protocol of a recipe as a cross-validation of scikit-learn."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int64

from mpcl_core.recipe.load import load
from mpcl_core.sklearn.arguments import checked_sets


class RecipeFolds:
    """Split the windows of a recipe's first variant as its protocol does: the ``cv=`` of scikit-learn.

    The fitting windows of a fold are those of training and validation, since scikit-learn has no third side. The
    windows must be those of `arrays` for the same recipe.

    Args:
        recipe: the file, the name of a shipped recipe, or a mapping of its keys and values.
        sets: patches of the recipe, as ``("source.subjects=3",)``.

    Example:
        >>> folds = RecipeFolds("described", ("source.subjects=3", "source.trials=2", "source.seconds=8"))
        >>> folds.get_n_splits()
        3
    """

    def __init__(self, recipe: str | Path | Mapping[str, Any], sets: Sequence[str] = ()) -> None:
        self.recipe, self.sets = recipe, checked_sets(sets)

    def get_n_splits(self, X: object = None, y: object = None, groups: object = None) -> int:
        """Return the number of folds.

        Args:
            X, y, groups: not used; scikit-learn hands them on.

        Returns:
            The number.
        """
        return len(self._folds)

    def split(
        self, X: Any = None, y: object = None, groups: object = None
    ) -> Iterator[tuple[Int64[np.ndarray, "_"], Int64[np.ndarray, "_"]]]:
        """Yield the fitting and the test windows of each fold.

        Args:
            X: the windows, whose number is compared; None for no comparison.
            y, groups: not used.

        Yields:
            Indices of windows.

        Raises:
            ValueError: ``X`` has another number of windows than the recipe.
        """
        if X is not None and len(X) != self._n_windows:
            raise ValueError(
                f"X has {len(X)} windows, but the recipe has {self._n_windows}; take X from arrays(recipe)"
            )
        yield from self._folds

    @property
    def _n_windows(self) -> int:
        return self._split[0]

    @property
    def _folds(self) -> list[tuple[Int64[np.ndarray, "_"], Int64[np.ndarray, "_"]]]:
        return self._split[1]

    @cached_property
    def _split(self) -> tuple[int, list[tuple[Int64[np.ndarray, "_"], Int64[np.ndarray, "_"]]]]:
        """Return the number of windows, and the folds."""
        from mpcl_core.app.inspection.checking import variant_specs
        from mpcl_core.sklearn.prepared import cached_windows

        recipe = load(self.recipe, self.sets)
        spec = next(iter(variant_specs(recipe).values()))
        windows = cached_windows(recipe.name, spec)
        folds = spec.protocol.build().split(windows)
        return len(windows), [(np.concatenate([fold.train, fold.validation]), fold.test) for fold in folds]
