"""What `zscore` and `robust` share: whose rows a row is normalised by."""

from typing import Literal

import numpy as np

from mpcl_core.plugin import DataError, FittedTransform, Modality, WindowSet

Scope = Literal["train", "subject", "sample"]


class Scoped(FittedTransform):
    """Normalises by all fitting rows, by those of the row's subject, or by the row itself."""

    def __init__(self, *, scope: Scope) -> None:
        self.scope = scope

    @property
    def transductive(self) -> bool:
        """True with scope ``subject``: a subject's rows are normalised by one another."""
        return self.scope == "subject"

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """The modalities as they are.

        Raises:
            DataError: scope is ``sample`` and a modality is a table, which has no time to normalise over.
        """
        tables = [modality.name for modality in modalities if modality.sfreq is None]
        if self.scope == "sample" and tables:
            raise DataError("scope 'sample' normalises over time, but this is a table of features", field=tables[0])
        return modalities

    def require_subjects(self, windows: WindowSet) -> None:
        """That scope ``subject`` finds one in every row.

        Raises:
            DataError: a row names none.
        """
        nameless = np.flatnonzero(windows.subject == "")
        if self.scope == "subject" and len(nameless):
            raise DataError("scope 'subject' needs a subject in every row", field="subject", row=int(nameless[0]))
