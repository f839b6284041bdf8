"""Provide what `zscore` and `robust` share: the windows by whose statistics a window is normalised."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
from jaxtyping import Int64

from mpcl_core.plugin import DataError, Modality, SubjectTransform, WindowSet, require_column

Scope = Literal["train", "subject", "sample"]


class Scoped(SubjectTransform):
    """Normalise by all fitting windows, by those of the window's subject, or by the window itself.

    Args:
        scope: ``train``, ``subject`` or ``sample``.
    """

    def __init__(self, *, scope: Scope) -> None:
        self.scope = scope

    @property
    def by_subject(self) -> bool:
        """Return True with scope ``subject``."""
        return self.scope == "subject"

    @property
    def transductive(self) -> bool:
        """Return True with scope ``subject``, where windows of a test subject are normalised by one another."""
        return self.scope == "subject"

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """Return the modalities unchanged.

        Args:
            modalities: the modalities of the study.

        Returns:
            The same modalities.

        Raises:
            DataError: scope is ``sample`` and a modality is a table, which has no time to normalise over.
        """
        tables = [modality.name for modality in modalities if modality.sfreq is None]
        if self.scope == "sample" and tables:
            raise DataError("scope 'sample' normalises over time, but this is a table of features", field=tables[0])
        return modalities

    def require_subjects(self, windows: WindowSet) -> None:
        """Raise an error where scope ``subject`` finds a window without a subject.

        Args:
            windows: N windows.

        Raises:
            DataError: a window names no subject.
        """
        if self.scope == "subject":
            require_column(windows, "subject", self.name)

    def groups(self, windows: WindowSet) -> Iterator[tuple[str, Int64[np.ndarray, "_"]]]:
        """Yield the groups of windows that share their statistics, for scope ``train`` or ``subject``.

        Args:
            windows: N windows.

        Yields:
            The name of the group ('' for all windows, or the subject) and the indices of its windows.

        Raises:
            DataError: scope is ``subject`` and a window names no subject.
        """
        self.require_subjects(windows)
        if self.scope == "train":
            yield "", np.arange(len(windows))
            return
        for subject in np.unique(windows.subject).tolist():
            yield subject, np.flatnonzero(windows.subject == subject)
