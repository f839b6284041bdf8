"""The file of folds is checked when it is read: its types, its names and its ranges of windows."""

import json
from pathlib import Path
from typing import Any

import pytest

from mpcl_core.runs.layout import SPLITS
from mpcl_core.runs.splits_file import FoldWindows, read_splits


def study(**changes: Any) -> dict[str, Any]:
    folds = [{"label": "s1", "rows": {"s1": {"t": {"0-2": "test", "3": "train"}}}}]
    return {"variants": ["main"], "split_hash": "", "numbered_by": "window", "folds": folds, **changes}


def saved(run: Path, *studies: Any) -> Path:
    (run / SPLITS).write_text(json.dumps({"studies": studies}))
    return run


def test_test_windows_are_named_one_by_one(tmp_path: Path) -> None:
    (fold,) = read_splits(saved(tmp_path, study())).studies[0].folds
    assert list(fold.tested()) == [("s1", "t", 0), ("s1", "t", 1), ("s1", "t", 2)]


@pytest.mark.parametrize(
    "damaged",
    [
        3,
        {},
        study(variants=["../../x"]),
        study(folds=[{"label": "..", "rows": {}}]),
        study(folds=[{"label": "s1", "rows": {"s1": ["t"]}}]),
        study(numbered_by="other"),
    ],
)
def test_damaged_files_are_refused_with_the_place(tmp_path: Path, damaged: Any) -> None:
    with pytest.raises(ValueError, match=r"studies\.0"):
        read_splits(saved(tmp_path, damaged))


def test_range_of_too_many_windows_is_refused() -> None:
    fold = FoldWindows(label="a", rows={"s": {"t": {"0-999999999999": "test"}}})
    with pytest.raises(ValueError, match="more than"):
        list(fold.tested())
