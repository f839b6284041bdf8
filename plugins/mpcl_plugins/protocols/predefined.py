"""A split that somebody else made: the source's own, one with a name, or one in a split file.

Its grade is computed from the windows like that of any other split: an official split proves nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Shaped

from mpcl_core.plugin import Count, DataError, Fold, Natural, Protocol, WindowSet, draw_validation, window_keys
from mpcl_plugins.protocols._fold_labels import fold_labels
from mpcl_plugins.protocols._named_fold import NamedFold, SplitEntry
from mpcl_plugins.protocols._named_windows import NamedWindows
from mpcl_plugins.protocols._published_splits import NAMED_SPLITS, SplitName
from mpcl_plugins.protocols._split_file import read

SIDES = ("train", "validation", "test", "unrated")


class Predefined(Protocol):
    """Use windows marked ``train``, ``test`` and perhaps ``validation`` as folds.

    Without ``file`` and ``named`` the marks are those of the source. Otherwise every window must be named exactly once
    and every name must have a window; windows marked ``unused`` are on no side. There is one fold, or as many as a
    run's file holds.

    Args:
        file: a split file, CSV or JSON (`protocols._split_file` shows both), or the ``splits.json`` of a run, whose
            folds are repeated exactly.
        study: which of the run's studies, counted from 1 in the order of its manifest.
        named: a split that this project knows: ``dmer_seeded_48_12_13``, 48, 12 and 13 of the 73 subjects of DMER as
            published, but *which* subjects is this project's own seeded draw; the published lists could not be found.
        seed: draws the validation windows where none are marked.

    Raises:
        ValueError: ``file`` and ``named`` are both given, or ``study`` is below 1.
    """

    name = "predefined"

    def __init__(
        self, *, file: Path | None = None, study: Count = 1, named: SplitName | None = None, seed: Natural = 0
    ) -> None:
        if file is not None and named is not None:
            raise ValueError(f"file is '{file}' and named is '{named}', but a split is one or the other")
        if study < 1:
            raise ValueError(f"study is {study}, but studies are counted from 1")
        self.file, self.study, self.named, self.seed = file, study, named, seed

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """Yield the folds, under the labels of a run's file; otherwise one, ``predefined``.

        Args:
            windows: the windows of the study.

        Yields:
            The folds.

        Raises:
            DataError: a window is marked otherwise, twice or not at all, a name has no window, or no window of a fold
                is marked ``train`` or ``test``.
        """
        rng = np.random.default_rng(self.seed)
        for label, sides in self._marked(windows):
            yield self._fold(windows, sides, label, rng)

    def _marked(self, windows: WindowSet) -> Iterator[tuple[str, Shaped[np.ndarray, "N"]]]:
        if self.file is None and self.named is None:
            yield self.name, _own(windows)
            return
        folds = self._named_folds()
        labels = fold_labels(fold.label for fold in folds)
        named = NamedWindows(windows, any(fold.by_row for fold in folds), self.file)
        for label, fold in zip(labels, folds, strict=True):
            yield label, named.sides(fold)

    def _named_folds(self) -> list[NamedFold]:
        if self.file is not None:
            return read(self.file, self.study, self.name)
        subjects = NAMED_SPLITS[self.named].items() if self.named else ()
        return [NamedFold(self.name, False, tuple(SplitEntry(subject, None, None, side) for subject, side in subjects))]

    def _fold(self, windows: WindowSet, sides: Shaped[np.ndarray, "N"], label: str, rng: np.random.Generator) -> Fold:
        train, validation, test, unrated = (np.flatnonzero(sides == side) for side in SIDES)
        for side, members in (("train", train), ("test", test)):
            if not len(members):
                where = "" if label == self.name else f" in fold '{label}'"
                raise DataError(f"no window is marked {side}{where}", self.file, "split")
        if len(validation):
            return Fold(train, validation, test, label, unrated)
        fold = draw_validation(window_keys(windows), train, test, label, rng)
        return replace(fold, unrated=unrated)


def _own(windows: WindowSet) -> Shaped[np.ndarray, "N"]:
    wrong = ~np.isin(windows.split, SIDES)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(
            f"'{windows.split[row]}', but every window needs one of {', '.join(SIDES)}", field="split", row=row
        )
    return windows.split
