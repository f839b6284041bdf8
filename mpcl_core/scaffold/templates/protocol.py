"""Leave one condition out: what a model says of a kind of situation in which it has seen nobody."""

from collections.abc import Iterator

import numpy as np

from mpcl_core.plugin import (
    Component,
    DataError,
    Fold,
    Natural,
    Protocol,
    WindowSet,
    draw_validation,
    hookimpl,
    window_keys,
)


class Template(Protocol):
    """Each condition is the test side once; a fifth of the other trials validates.

    Args:
        seed: draws the validation trials.
    """

    name = "template"

    def __init__(self, *, seed: Natural = 0) -> None:
        self.seed = seed

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """The folds, each under its condition's name.

        Raises:
            DataError: there are not two conditions.
        """
        conditions = np.unique(windows.condition)
        if len(conditions) < 2 or "" in conditions:
            raise DataError(f"'{self.name}' needs a condition in every row, and two of them", field="condition")
        rng = np.random.default_rng(self.seed)
        keys = window_keys(windows)
        for condition in conditions.tolist():
            test = np.flatnonzero(windows.condition == condition)
            yield draw_validation(keys, keys.others(test), test, condition, rng)


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
