"""Describe the folds of a run by the names of their windows, as ``splits.json`` of a run folder holds them.

    {"studies": [{"variants": […], "split_hash": …, "numbered_by": "window", "folds": [
        {"label": "S1", "rows": {"S1": {"t1": {"0-8": "test"}}, "S2": {"t1": {"0-5": "train", "6-8": "validation"}}}}
    ]}]}

Windows are named by subject, trial and window number (``0-8``: windows 0 to 8). Every fold names every window;
``unused`` windows are on no side, and the ratings of ``unrated`` ones are hidden. Where several windows have one name,
as in tables without trials, a window's index in the study stands for its number, and ``numbered_by`` is ``row``.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Int64

from mpcl_core.data.plan import Study
from mpcl_core.interfaces.data import Fold, WindowSet

SIDES = ("train", "validation", "test", "unrated")


def describe_splits(plan: Sequence[Study]) -> dict[str, Any]:
    """Describe the folds of all studies.

    Args:
        plan: the studies of a run.

    Returns:
        The content of ``splits.json``: each study's variants and folds, with their hash.
    """
    studies = []
    for study in plan:
        names = name_folds(study.windows, study.folds)
        studies.append({"variants": list(study.variants), "split_hash": hash_folds(names), **names})
    return {"studies": studies}


def name_folds(windows: WindowSet, folds: Sequence[Fold]) -> dict[str, Any]:
    """Name the windows on each side of a study's folds.

    The result does not depend on the order of windows that have distinct names. A window that a protocol put on two
    sides has both, as ``train+test``.

    Args:
        windows: the study's windows.
        folds: its folds.

    Returns:
        ``numbered_by`` (``window`` or ``row``) and ``folds``.
    """
    number, numbered_by = windows.window, "window"
    if len(set(zip(windows.subject.tolist(), windows.trial.tolist(), number.tolist(), strict=True))) < len(windows):
        number, numbered_by = np.arange(len(windows)), "row"
    order = np.lexsort((number, windows.trial, windows.subject))
    named = [{"label": fold.label, "rows": _name_windows(windows, fold, number, order)} for fold in folds]
    return {"numbered_by": numbered_by, "folds": named}


def hash_folds(names: Mapping[str, Any]) -> str:
    """Compute the SHA-256 of the labels and named windows of all folds.

    Args:
        names: what `name_folds` returns for a study, or its entry in ``splits.json``.

    Returns:
        The hash in hexadecimal digits.
    """
    content = {key: names[key] for key in ("numbered_by", "folds")}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _name_windows(
    windows: WindowSet, fold: Fold, number: Int64[np.ndarray, "N"], order: Int64[np.ndarray, "N"]
) -> dict[str, dict[str, dict[str, str]]]:
    """Name the windows on each side of one fold.

    Args:
        windows: N windows.
        fold: the fold.
        number: the number that stands for each window in its name (N).
        order: the indices sorted by subject, trial and number (N).

    Returns:
        Subject -> trial -> window numbers -> side.
    """
    side = np.zeros(len(windows), dtype=np.int64)
    for bit, indices in enumerate((fold.train, fold.validation, fold.test, fold.unrated)):
        side[np.unique(indices)] += 1 << bit
    subject, trial, number, side = windows.subject[order], windows.trial[order], number[order], side[order]
    is_continued = (
        (subject[1:] == subject[:-1]) & (trial[1:] == trial[:-1]) & (side[1:] == side[:-1]) & (np.diff(number) == 1)
    )
    first = np.flatnonzero(np.concatenate([[True], ~is_continued]))
    last = np.append(first[1:], len(order)) - 1
    named: dict[str, dict[str, dict[str, str]]] = {}
    for start, stop in zip(first.tolist(), last.tolist(), strict=True):
        numbers = f"{number[start]}" if start == stop else f"{number[start]}-{number[stop]}"
        by_trial = named.setdefault(str(subject[start]), {})
        by_trial.setdefault(str(trial[start]), {})[numbers] = _side_name(int(side[start]))
    return named


def _side_name(bits: int) -> str:
    return "+".join(name for bit, name in enumerate(SIDES) if bits >> bit & 1) or "unused"
