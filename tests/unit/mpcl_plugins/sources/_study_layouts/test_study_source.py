"""Test what the sources of published studies share."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_core.plugin import Recording
from mpcl_plugins.sources._study_layouts.study_source import StudySource
from mpcl_plugins.sources._study_layouts.tracks import Track, make_signals


class Toy(StudySource):
    name = "toy"
    tracks: ClassVar = {"ppg": Track(("p",), 4.0)}
    emotions = ("a", "b")
    pattern = "p*.txt"

    def read_person(self, file: Path) -> Iterator[Recording]:
        signals = make_signals({"ppg": np.ones((1, 8))}, self.tracks, self.last)
        yield Recording(signals, np.array([0.5, 0.5]), file.stem, "1")


def test_people_are_read_in_order(tmp_path: Path) -> None:
    for name in ("p2.txt", "p1.txt", "other.txt"):
        (tmp_path / name).touch()
    source = Toy(path=tmp_path, last=1.0)
    assert [(r.subject, r.signals["ppg"].values.shape) for r in source.load()] == [("p1", (1, 4)), ("p2", (1, 4))]
    assert [file.name for file in source.files] == ["p1.txt", "p2.txt"]
    assert source.labels == ("a", "b")


def test_folder_without_people_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no file p\*\.txt"):
        list(Toy(path=tmp_path).load())
