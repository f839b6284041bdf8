"""Hold the regression trees of a fitted forest as arrays, and predict with them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64, Int64

from mpcl_core.plugin import DataError, FittedValues, StateValue


@dataclass(frozen=True)
class Trees:
    """Hold the nodes of all trees one after the other.

    Args:
        root: (T,) the first node of each tree.
        left, right: (n,) the nodes below, counted over all trees; those of a leaf are below 0.
        feature: (n,) the feature that a node compares.
        threshold: (n,) the largest value of the feature for which the left node follows.
        value: (n, k) the mean label of the fitting windows in a node.
    """

    root: Int64[np.ndarray, "T"]
    left: Int64[np.ndarray, "n"]
    right: Int64[np.ndarray, "n"]
    feature: Int64[np.ndarray, "n"]
    threshold: Float64[np.ndarray, "n"]
    value: Float64[np.ndarray, "n k"]

    @classmethod
    def of(cls, trees: Sequence[Any]) -> "Trees":
        """Return the trees of a fitted forest of scikit-learn.

        Args:
            trees: the ``tree_`` of each of its estimators.

        Returns:
            Their nodes.
        """
        root = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1]
        pairs = list(zip(trees, root.tolist(), strict=True))
        return cls(
            root.astype(np.int64),
            np.concatenate([_moved(tree.children_left, first) for tree, first in pairs]),
            np.concatenate([_moved(tree.children_right, first) for tree, first in pairs]),
            np.concatenate([tree.feature for tree in trees]).astype(np.int64),
            np.concatenate([tree.threshold for tree in trees]),
            np.concatenate([tree.value[:, :, 0] for tree in trees]),
        )

    @classmethod
    def from_state(cls, state: Mapping[str, StateValue]) -> "Trees":
        """Return the trees that `state_dict` described.

        Args:
            state: holds their arrays, and possibly other values.

        Returns:
            The same trees.

        Raises:
            DataError: a node leads to one that does not follow it, so that a prediction might never end.
        """
        trees = cls(**{name: np.asarray(state[name]) for name in cls.__dataclass_fields__})
        own = np.arange(len(trees.left))
        is_inner = trees.left >= 0
        for below in (trees.left, trees.right):
            if ((below[is_inner] <= own[is_inner]) | (below[is_inner] >= len(own))).any():
                raise DataError("the nodes of its trees do not follow one another")
        return trees

    def state_dict(self) -> FittedValues:
        """Return the arrays by name, for the state of an estimator.

        Returns:
            Name -> array.
        """
        return asdict(self)

    def predict(self, features: Float64[np.ndarray, "N f"]) -> Float64[np.ndarray, "N k"]:
        """Return the mean over the trees of the label in the leaf of each window.

        Args:
            features: (N, f) of the windows; compared in single precision, as in the fit.

        Returns:
            (N, k) means.
        """
        x, total = features.astype(np.float32), np.zeros((len(features), self.value.shape[1]))
        for root in self.root.tolist():
            total += self.value[self._leaves(x, root)]
        return total / len(self.root)

    def _leaves(self, x: np.ndarray, root: int) -> Int64[np.ndarray, "N"]:
        node, window = np.full(len(x), root), np.arange(len(x))
        while len(window := window[self.left[node[window]] >= 0]):
            at = node[window]
            is_left = x[window, self.feature[at]] <= self.threshold[at]
            node[window] = np.where(is_left, self.left[at], self.right[at])
        return node


def _moved(children: np.ndarray, first: int) -> Int64[np.ndarray, "n"]:
    return np.where(children < 0, -1, children + first).astype(np.int64)
