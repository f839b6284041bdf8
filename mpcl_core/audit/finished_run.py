"""A run as its folder tells it: whether its data, folds and components are still the same, and which rows it tested."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Int64

from mpcl_core.audit.finding import Notice
from mpcl_core.data.plan import Study
from mpcl_core.interfaces.data import Fold
from mpcl_core.runs.manifest_diff import differences

MATERIAL = ("recipe", "data", "folds", "code")
"""The kinds of difference that an audit is about."""


def find_changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Notice]:
    """What is not as it was when the run was made; the audit is then of what is there now.

    Args:
        then: the run's lock.
        now: what a run of the same recipe would write in its lock today.
    """
    for found in differences(then, now):
        if found.kind in MATERIAL:
            yield Notice("changed-since", found.variants, f"{found}: what is audited is what is there now")


def use_tested_windows(study: Study, run: Path) -> tuple[Study, list[Notice]]:
    """The study with the test rows that its stored predictions are about, and what differs from its folds."""
    folds, notices = [], []
    for fold in study.folds:
        rows = _stored_rows(run, study.variants, fold)
        same = rows is None or np.array_equal(rows, np.sort(fold.test))
        folds.append(fold if same or rows is None else replace(fold, test=rows[rows < len(study.windows)]))
        if not same:
            what = f"in fold '{fold.label}' the run tested other rows than its recipe does now"
            notices.append(Notice("changed-since", study.variants, f"{what}: those of the run are audited"))
    return replace(study, folds=tuple(folds)), notices


def _stored_rows(run: Path, variants: Sequence[str], fold: Fold) -> Int64[np.ndarray, "_"] | None:
    """All rows of the study that jobs of this fold have predicted; None where no job did."""
    files = [file for name in variants for file in (run / "jobs" / name).glob(f"*/{fold.label}/predictions.npz")]
    found = [_rows(file) for file in files]
    return np.unique(np.concatenate(found)) if found else None


def _rows(file: Path) -> Int64[np.ndarray, "_"]:
    with np.load(file, allow_pickle=False) as stored:
        rows: Int64[np.ndarray, _] = stored["row"]
    return rows
