"""Entries of split files name their windows in words."""

import pytest

from mpcl_plugins.protocols._named_fold import SIDES, SplitEntry


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (SplitEntry("S1", None, None, "test"), "subject 'S1'"),
        (SplitEntry("S1", "", None, "test"), "subject 'S1', trial ''"),
        (SplitEntry("S1", "t2", (3, 3), "train"), "subject 'S1', trial 't2', window 3"),
        (SplitEntry("S1", None, (3, 9), "train"), "subject 'S1', window 3-9"),
    ],
)
def test_entry_is_named_by_subject_trial_and_windows(entry: SplitEntry, text: str) -> None:
    assert str(entry) == text
    assert entry.side in SIDES
