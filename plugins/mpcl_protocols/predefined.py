"""The split that the files themselves state. What it may claim, its grade says: official proves nothing."""

from collections.abc import Iterator

import numpy as np

from mpcl_core.interfaces.components import Protocol
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.interfaces.values import Natural
from mpcl_protocols.keys import row_keys
from mpcl_protocols.validation import with_validation

SIDES = ("train", "validation", "test")


class Predefined(Protocol):
    """One fold: the rows that the source marks ``train``, ``test`` and, if it does, ``validation``.

    Args:
        seed: draws the validation rows where the source marks none.
    """

    name = "predefined"

    def __init__(self, *, seed: Natural = 0) -> None:
        self.seed = seed

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """The fold, ``predefined``.

        Raises:
            DataError: a row is marked otherwise or not at all, or no row is marked ``train`` or ``test``.
        """
        wrong = ~np.isin(windows.split, SIDES)
        if wrong.any():
            row = int(np.argmax(wrong))
            raise DataError(
                f"'{windows.split[row]}', but every row needs one of {', '.join(SIDES)}",
                field="split",
                row=row,
            )
        train, validation, test = (np.flatnonzero(windows.split == side) for side in SIDES)
        for side, rows in (("train", train), ("test", test)):
            if not len(rows):
                raise DataError(f"no row is marked {side}", field="split")
        if len(validation):
            yield Fold(train, validation, test, self.name)
        else:
            yield with_validation(row_keys(windows), train, test, self.name, np.random.default_rng(self.seed))
