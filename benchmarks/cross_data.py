"""Pre-train a study on the unrated signals of a second one, too: the plugin of ``cross_data_*.yaml``."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from mpcl_core.plugin import (
    Component,
    DataError,
    Fold,
    Modality,
    Protocol,
    Recording,
    Source,
    WindowSet,
    WrappingSource,
    draw_validation,
    hookimpl,
    window_keys,
)

UNRATED = "unrated:"
"""How the names of people of the second study begin."""


class WithUnrated(WrappingSource):
    """Provide the recordings of a study and those of another, whose ratings are replaced by the uniform distribution.

    Args:
        source: the study whose ratings are used.
        other: the study whose signals are used only. It must have the same modalities.

    Raises:
        DataError: the modalities differ.
    """

    name = "with_unrated"

    def __init__(self, *, source: Source, other: Source) -> None:
        super().__init__(source=source)
        self.other = other

    @property
    def modalities(self) -> tuple[Modality, ...]:
        modalities = self.source.modalities
        if set(modalities) != set(self.other.modalities):
            raise DataError(f"has {self.other.modalities}, but the other study {modalities}", self.other.name)
        return modalities

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self.source.notes, f"Signals of '{self.other.name}' take part without ratings.")

    @property
    def files(self) -> tuple[Path, ...]:
        return (*self.source.files, *self.other.files)

    def load(self) -> Iterator[Recording]:
        D = np.full(len(self.labels), 1.0 / len(self.labels))
        yield from _recordings(self.source)
        for recording in _recordings(self.other):
            yield replace(recording, D=D, subject=f"{UNRATED}{recording.subject}")


def _recordings(source: Source) -> Iterator[Recording]:
    loaded = source.load()
    if isinstance(loaded, WindowSet):
        raise DataError("provides windows, but recordings are needed", source.name)
    return loaded


class LOSOWithUnrated(Protocol):
    """Hold out each rated subject once; the signals of the second study may be learnt in every fold.

    Args:
        unrated: whether they may; otherwise no side has them.
    """

    name = "loso_with_unrated"

    def __init__(self, *, unrated: bool = True) -> None:
        self.unrated = unrated

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """Yield one fold for each rated subject, labelled with its name.

        Args:
            windows: the windows of both studies.

        Yields:
            The folds.
        """
        keys, rng = window_keys(windows), np.random.default_rng(0)
        is_unrated = np.char.startswith(windows.subject, UNRATED)
        rated, others = np.flatnonzero(~is_unrated), np.flatnonzero(is_unrated)
        for subject in np.unique(windows.subject[rated]):
            is_test = windows.subject[rated] == subject
            fold = draw_validation(keys, rated[~is_test], rated[is_test], str(subject), rng)
            yield replace(fold, unrated=others) if self.unrated else fold


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [WithUnrated, LOSOWithUnrated]
