"""Read the tables of OpenFace 2 (Baltrusaitis et al., FG 2018): a row a video frame, with its time stamp.

The names in its header have spaces before them. All values of a frame in which no face was found (``success`` 0) are
missing, whatever the file holds there.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError
from mpcl_plugins.sources.formats.csv_file import CsvFile
from mpcl_plugins.sources.formats.signal_file import Channel

MARKS = ("frame", "timestamp", "confidence", "success")
"""The columns by which a table is known as one of these."""

FACE = "face_id"


class OpenFaceFile(CsvFile):
    """Read a table of one face.

    Raises:
        DataError: it holds several.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        if FACE in self.header:
            faces = np.unique(self.rows([self.header.index(FACE)], 0, None))
            if len(faces) > 1:
                raise DataError(f"{len(faces)} faces, but a file must hold one", path, FACE)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(channel for channel in super().channels if channel.name not in (*MARKS, FACE))

    def samples(self, columns: Sequence[int], first: int, last: int | None) -> Float64[np.ndarray, "n c"]:
        found = self.rows([*columns, self.header.index("success")], first, last)
        found[found[:, -1] == 0] = np.nan
        return found[:, :-1]
