"""Leave one condition out: what a model says of a kind of situation in which it has seen nobody."""

from collections.abc import Iterator

import numpy as np

from mpcl_core.interfaces.components import Component, Protocol
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.interfaces.hooks import hookimpl
from mpcl_core.interfaces.parameter_types import Natural


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
        trials = np.char.add(np.char.add(windows.subject, "/"), windows.trial)  # windows of a trial share its rating
        for condition in conditions.tolist():
            test = windows.condition == condition
            others = np.unique(trials[~test])
            drawn = rng.permutation(others)[: max(1, len(others) // 5)]
            validation = ~test & np.isin(trials, drawn)
            yield Fold(np.flatnonzero(~test & ~validation), np.flatnonzero(validation), np.flatnonzero(test), condition)


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
