"""The folds of a run by the names of their rows, which the run folder keeps as ``splits.json``.

    {"studies": [{"variants": […], "split_hash": …, "numbered_by": "window", "folds": [
        {"label": "S1", "rows": {"S1": {"t1": {"0-8": "test"}}, "S2": {"t1": {"0-5": "train", "6-8": "validation"}}}}
    ]}]}

Rows are named by subject, trial and window (``0-8``: windows 0 to 8). Every fold names every row; ``unused`` rows are
on no side. Where these names do not tell the rows apart, as in tables without trials, a row's number in the study
stands for its window, and ``numbered_by`` is ``row``.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Int64

from mpcl_core.data.plan import Study
from mpcl_core.interfaces.data import Fold, WindowSet

SIDES = ("train", "validation", "test")


def describe_splits(plan: Sequence[Study]) -> dict[str, Any]:
    """What ``splits.json`` holds: each study's folds, with their hash."""
    found = []
    for study in plan:
        names = name_folds(study.windows, study.folds)
        found.append({"variants": list(study.variants), "split_hash": hash_folds(names), **names})
    return {"studies": found}


def name_folds(windows: WindowSet, folds: Sequence[Fold]) -> dict[str, Any]:
    """``numbered_by`` and ``folds`` of a study. The order of rows whose names tell them apart does not matter.

    A row that a protocol put on two sides has both, as ``train+test``.
    """
    number, numbered_by = windows.window, "window"
    if len(set(zip(windows.subject.tolist(), windows.trial.tolist(), number.tolist(), strict=True))) < len(windows):
        number, numbered_by = np.arange(len(windows)), "row"
    order = np.lexsort((number, windows.trial, windows.subject))
    named = [{"label": fold.label, "rows": _named(windows, fold, number, order)} for fold in folds]
    return {"numbered_by": numbered_by, "folds": named}


def hash_folds(names: Mapping[str, Any]) -> str:
    """SHA-256 over the labels and named rows of all folds.

    Args:
        names: a study's `name_folds`, or its entry in ``splits.json``.
    """
    content = {key: names[key] for key in ("numbered_by", "folds")}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _named(
    windows: WindowSet, fold: Fold, number: Int64[np.ndarray, "N"], order: Int64[np.ndarray, "N"]
) -> dict[str, dict[str, dict[str, str]]]:
    """Subject -> trial -> windows -> side."""
    side = np.zeros(len(windows), dtype=np.int64)
    for bit, rows in enumerate((fold.train, fold.validation, fold.test)):
        side[np.unique(rows)] += 1 << bit
    subject, trial, number, side = windows.subject[order], windows.trial[order], number[order], side[order]
    same = (subject[1:] == subject[:-1]) & (trial[1:] == trial[:-1]) & (side[1:] == side[:-1]) & (np.diff(number) == 1)
    first = np.flatnonzero(np.concatenate([[True], ~same]))
    last = np.append(first[1:], len(order)) - 1
    named: dict[str, dict[str, dict[str, str]]] = {}
    for start, stop in zip(first.tolist(), last.tolist(), strict=True):
        window = f"{number[start]}" if start == stop else f"{number[start]}-{number[stop]}"
        named.setdefault(str(subject[start]), {}).setdefault(str(trial[start]), {})[window] = _side(int(side[start]))
    return named


def _side(bits: int) -> str:
    return "+".join(name for bit, name in enumerate(SIDES) if bits >> bit & 1) or "unused"
