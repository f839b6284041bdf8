"""Group the features of a table in modalities: by the beginnings of their names, and by the rows that lack them."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Bool

from mpcl_core.scaffold.modalities import clean_name

Missing = Mapping[str, Bool[np.ndarray, "N"]]
"""Column -> whether each row lacks it."""

_BEGINNING = re.compile(r"(.+?)[_.:\s/-]+(?=.)")
_MOST_BEGINNINGS = 8
_MOST_PARTS = 20
_LEAST_KEPT = 0.5
_REST = "features"


def group_features(missing: Missing, known: Sequence[str]) -> dict[str, list[str]]:
    """Group features whose names begin with the same word.

    Other features, and all where there are too many groups, are one modality. A modality is absent in a row that lacks
    one of its features. Where that would lose more than half of the rows that have any of them, a group is divided into
    features that are missing in the same rows.

    Args:
        missing: the column of each feature -> whether each row lacks it.
        known: all columns of the table.

    Returns:
        Modality -> its columns, or a pattern that stands for them and no others.

    Example:
        >>> complete, empty = np.zeros(4, bool), np.ones(4, bool)
        >>> group_features({"hr_mean": complete, "hr_sd": complete, "rmssd": complete}, ["hr_mean", "hr_sd", "rmssd"])
        {'hr': ['hr_*'], 'features': ['rmssd']}
        >>> group_features({"steps": complete, "spo2": empty}, ["steps", "spo2"])
        {'steps': ['steps'], 'spo2': ['spo2']}
    """
    groups: dict[str, list[str]] = {}
    for feature in missing:
        beginning = _BEGINNING.match(feature)
        groups.setdefault(clean_name(beginning[1]) if beginning else _REST, []).append(feature)
    shared = [name for name, columns in groups.items() if columns[1:] and name != _REST]
    if len(shared) > _MOST_BEGINNINGS:
        shared = []
    groups = {name: groups[name] for name in shared}
    if rest := [feature for feature in missing if not any(feature in columns for columns in groups.values())]:
        groups[_REST] = rest
    found: dict[str, list[str]] = {}
    for name, columns in groups.items():
        parts = _divide(columns, missing)
        for part in parts:
            own = name if part is parts[0] and (name != _REST or len(parts) == 1) else clean_name(part[0])
            while own in found or (own in groups and own != name):
                own += "_2"
            found[own] = _shortest(part, known)
    return found


def _divide(columns: list[str], missing: Missing) -> list[list[str]]:
    """Divide features into those that are missing together, where they are seldom complete.

    Returns:
        The parts, largest first.
    """
    lacking = np.stack([missing[column] for column in columns])
    if (~lacking.any(0)).sum() >= _LEAST_KEPT * (~lacking.all(0)).sum():
        return [columns]
    parts: dict[bytes, list[str]] = {}
    for column, row in zip(columns, lacking, strict=True):
        parts.setdefault(row.tobytes(), []).append(column)
    return [columns] if len(parts) > _MOST_PARTS else sorted(parts.values(), key=len, reverse=True)


def _shortest(columns: list[str], known: Sequence[str]) -> list[str]:
    beginning = _BEGINNING.match(columns[0])
    is_alone = beginning and [name for name in known if name.startswith(beginning[0])] == columns
    return [f"{beginning[0]}*"] if beginning and is_alone and columns[1:] else columns
