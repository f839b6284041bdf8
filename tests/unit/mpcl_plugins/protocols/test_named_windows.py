"""Every window is named once, and every name has a window."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_core.testing.sample_data import study
from mpcl_plugins.protocols._named_fold import NamedFold, SplitEntry
from mpcl_plugins.protocols._named_windows import NamedWindows

WINDOWS = study(2, 2, 3)
OTHER = SplitEntry("S01", None, None, "test")


def sides(*entries: SplitEntry, by_row: bool = False) -> list[str]:
    found = NamedWindows(WINDOWS, by_row, Path("split.json")).sides(NamedFold("f", by_row, entries))
    return [str(side) for side in found]


def test_subjects_trials_and_windows_are_found() -> None:
    trial = SplitEntry("S00", "t0", None, "train")
    first, rest = SplitEntry("S00", "t1", (0, 0), "validation"), SplitEntry("S00", "t1", (1, 2), "unused")
    assert sides(trial, first, rest, OTHER) == ["train"] * 3 + ["validation"] + ["unused"] * 2 + ["test"] * 6


def test_windows_may_be_numbered_within_the_study() -> None:
    entries = (SplitEntry("S00", None, (0, 4), "train"), SplitEntry("S00", None, (5, 5), "test"), OTHER)
    assert sides(*entries, by_row=True) == ["train"] * 5 + ["test"] * 7


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ((OTHER,), "does not name 6 of 12 windows, the first of them subject 'S00', trial 't0', window 0"),
        ((OTHER, SplitEntry("S01", "t1", None, "train")), "subject 'S01', trial 't1', window 0 is named twice"),
        ((SplitEntry("S9", None, None, "test"),), "subject 'S9': there is no such window"),
        ((SplitEntry("S00", "t9", None, "test"),), "subject 'S00', trial 't9': there is no such window"),
        ((SplitEntry("S00", "t0", (1, 5), "test"),), "the study has 2 of these 5 windows"),
        ((SplitEntry("S00", None, (0, 1), "test"),), "4 windows have that name; name whole trials or subjects"),
    ],
)
def test_wrong_names_are_errors_with_the_file(entries: tuple[SplitEntry, ...], message: str) -> None:
    with pytest.raises(DataError, match=r"split\.json") as error:
        sides(*entries)
    assert message in str(error.value)
    assert np.unique(WINDOWS.window).tolist() == [0, 1, 2]
