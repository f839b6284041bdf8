"""Find rows that cut the same time out of one file, and none where they only touch."""

from math import inf
from pathlib import Path

import pytest

from mpcl_core.plugin import RecordingOverlap
from mpcl_plugins.sources._folder.manifest import ManifestEntry
from mpcl_plugins.sources._folder.overlaps import find_overlaps, overlap_note
from mpcl_plugins.sources.formats.signal_file import Stretch


def entries(*rows: tuple[str, float, float]) -> list[ManifestEntry]:
    return [
        ManifestEntry(
            number, "a", "", str(number), "", "", 1.0, Stretch(*times), {"eeg": Path(file)}, frozenset({"eeg"}), (1.0,)
        )
        for number, (file, *times) in enumerate(rows, 2)
    ]


def test_rows_that_share_time_are_named_with_file_and_seconds() -> None:
    overlaps = find_overlaps(entries(("0.csv", 0.0, 12.0), ("0.csv", 3.37, 15.37), ("1.csv", 3.0, 9.0)))
    assert [overlap.recordings() for overlap in overlaps] == [RecordingOverlap(("a", "2"), ("a", "3"), 3.37)]
    assert "lines 2 and 3 share 8.63 s of 0.csv" in overlap_note(overlaps)


def test_each_pair_of_many_rows_is_found_once() -> None:
    overlaps = find_overlaps(entries(*[("0.csv", 5.0 * k, 5.0 * k + 11.0) for k in (3, 0, 2, 1)]))
    pairs = {frozenset((overlap.first.line, overlap.second.line)) for overlap in overlaps}
    assert len(overlaps) == 5 and frozenset((3, 2)) not in pairs


@pytest.mark.parametrize(
    "rows",
    [
        (("0.csv", 0.0, 10.0), ("0.csv", 10.0, inf)),
        (("0.csv", 10.0, 20.0), ("0.csv", 0.0, 10.0001)),
        (("0.csv", 0.0, inf), ("1.csv", 0.0, inf)),
    ],
)
def test_rows_that_touch_or_have_other_files_do_not_overlap(rows: tuple[tuple[str, float, float], ...]) -> None:
    assert find_overlaps(entries(*rows)) == []
    assert overlap_note([]) == ""


@pytest.mark.parametrize(("start", "text"), [(0.0, "the whole of 0.csv"), (4.0, "everything after 4 s of 0.csv")])
def test_a_file_to_its_end_in_two_rows(start: float, text: str) -> None:
    assert text in overlap_note(find_overlaps(entries(("0.csv", 0.0, inf), ("./0.csv", start, inf))))
