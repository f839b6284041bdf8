"""Leave one condition out, to test a model in a condition that no training window has."""

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
    """Test each condition once; a fifth of the other trials is used for validation.

    Args:
        seed: seed of the draw of validation trials.
    """

    name = "template"

    def __init__(self, *, seed: Natural = 0) -> None:
        self.seed = seed

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """Yield a fold for each condition, labelled by its name.

        Args:
            windows: the study.

        Yields:
            The folds.

        Raises:
            DataError: there are fewer than two conditions, or a window has none.
        """
        conditions = np.unique(windows.condition)
        if len(conditions) < 2 or "" in conditions:
            raise DataError(
                f"'{self.name}' needs a condition for every window, and at least two conditions", field="condition"
            )
        rng = np.random.default_rng(self.seed)
        keys = window_keys(windows)
        for condition in conditions.tolist():
            test = np.flatnonzero(windows.condition == condition)
            yield draw_validation(keys, keys.others(test), test, condition, rng)


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
