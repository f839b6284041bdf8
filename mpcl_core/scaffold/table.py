"""Make a recipe for a feature table: ``mpcl new dataset NAME TABLE``."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Protocol, runtime_checkable

import numpy as np

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.interfaces.suggestions import list_names, suggest_name
from mpcl_core.scaffold.dataset import relative_path
from mpcl_core.scaffold.feature_groups import group_features
from mpcl_core.scaffold.recipe_text import write_table_recipe

_FEW_PEOPLE = 20
"""The most people of whom each is held out by itself; more are held out in ten groups."""
_FEW_ROWS = 4
"""The rows of a person below which they have no mean and spread of their own."""

_ROUNDED = 0.01
"""The most by which a sum of shares is off because these are rounded, as a part of it."""


@runtime_checkable
class ColumnLike(Protocol):
    """Describe a column as the source `table` does."""

    @property
    def name(self) -> str:
        """Return its name."""

    @property
    def role(self) -> str:
        """Return what it names by its usual name: ``subject``, ``trial`` …; '' for other columns."""

    @property
    def kind(self) -> str:
        """Return what it holds: ``number``, ``text``, ``times``, ``constant`` or ``empty``."""

    @property
    def cells(self) -> Sequence[str]:
        """Return its cells as text; '' where one is missing."""


@dataclass(frozen=True)
class RatedTable:
    """State what the columns of a feature table are, as far as the user does.

    Args:
        path: the table.
        labels: the columns with the scores.
        scale: the lowest and the highest score; None where they are not stated.
        subject, trial: the columns that name them; '' for usual names.
    """

    path: Path
    labels: Sequence[str]
    scale: tuple[float, float] | None = None
    subject: str = ""
    trial: str = ""


@dataclass(frozen=True)
class TableDataset:
    """Hold the recipe for a feature table, and what was found.

    Args:
        recipe: the text.
        rows: the number of rows.
        subjects: names of the people.
        names: ``subject`` and, where there is one, ``trial`` -> its column.
        modalities: name -> columns.
        left_out: the columns that are not read, with what they hold.
        remarks: lines about the scores.
    """

    recipe: str
    rows: int
    subjects: tuple[str, ...]
    names: Mapping[str, str]
    modalities: Mapping[str, Sequence[str]]
    left_out: tuple[str, ...]
    remarks: tuple[str, ...]


def make_table_dataset(name: str, table: RatedTable, columns: Sequence[ColumnLike]) -> TableDataset:
    """Make a recipe for a feature table.

    Args:
        name: name of the recipe.
        table: what the user states of it.
        columns: its columns.

    Returns:
        The text, and what was found.

    Raises:
        UsageError: a column does not exist or has two meanings, or the table has no people, features or scores.
    """
    known = {column.name: column for column in columns}
    names = _find_names(table, known)
    features = [
        column.name
        for column in columns
        if column.kind == "number" and not column.role and column.name not in (*table.labels, *names.values())
    ]
    if not features:
        raise UsageError(
            f"{table.path} has no column of numbers beside names of rows and ratings, so no features; recordings are "
            "read from the folder that holds them"
        )
    _check_labels(table, known, names)
    missing = {name: np.array([not cell for cell in known[name].cells], bool) for name in features}
    modalities = group_features(missing, list(known))
    others = [
        f"{column.name} ({column.kind})"
        for column in columns
        if not column.role and column.name not in (*features, *table.labels, *names.values())
    ]
    subjects = known[names["subject"]].cells
    trials = known[names["trial"]].cells if "trial" in names else [""] * len(subjects)
    rows_of = Counter(subjects)
    stated = {key: column for key, column in names.items() if known[column].role != key}
    recipe = write_table_recipe(
        name,
        relative_path(table.path),
        stated,
        modalities,
        table.labels,
        _choose_protocol(len(rows_of), "trial" in names),
        table.scale,
        is_by_person=median(rows_of.values()) >= _FEW_ROWS,
        is_pooled="trial" in names
        and _are_trials_rated(subjects, trials, [known[label].cells for label in table.labels]),
    )
    remarks = _describe_scores(table, known)
    return TableDataset(recipe, len(subjects), tuple(rows_of), names, modalities, tuple(others), remarks)


def _find_names(table: RatedTable, known: Mapping[str, ColumnLike]) -> dict[str, str]:
    """Find the columns that name people and trials.

    Returns:
        ``subject`` and, where there is one, ``trial`` -> its column.
    """
    names = {}
    for key, stated in (("subject", table.subject), ("trial", table.trial)):
        if stated and stated not in known:
            raise UsageError(f"--{key} {stated}: {_no_column(table.path, stated, known)}")
        if column := stated or next((each.name for each in known.values() if each.role == key), ""):
            names[key] = column
    if "subject" not in names:
        raise UsageError(
            f"{table.path} has no column with a usual name of people (subject, participant, person …): name it with "
            f"--subject COLUMN. It has: {list_names(list(known))}"
        )
    if not known[names["subject"]].cells:
        raise UsageError(f"{table.path} has no rows under its header")
    return names


def _check_labels(table: RatedTable, known: Mapping[str, ColumnLike], names: Mapping[str, str]) -> None:
    if len(table.labels) < 2:
        raise UsageError("a distribution needs at least two labels: --ratings happy sad …")
    for label in table.labels:
        if label not in known:
            raise UsageError(f"--ratings {label}: {_no_column(table.path, label, known)}")
        if table.labels.count(label) > 1 or label in names.values():
            raise UsageError(f"--ratings {label}: this column is named twice")
        if known[label].kind in ("text", "empty"):
            example = next((cell for cell in known[label].cells if cell), "")
            holds = f"holds text such as '{example[:50]}'" if example else "is empty"
            raise UsageError(f"--ratings {label}: this column {holds}, but scores are numbers")


def _no_column(path: Path, name: str, known: Mapping[str, ColumnLike]) -> str:
    return f"{path} has no such column.{suggest_name(name, known)} It has: {list_names(list(known))}"


def _choose_protocol(n_subjects: int, has_trials: bool) -> str:
    """Choose the strictest protocol that the people and trials allow.

    Returns:
        ``use`` and parameters.
    """
    if n_subjects > _FEW_PEOPLE:
        return "subject_kfold, folds: 10"
    if n_subjects > 1:
        return "loso"
    return "trial_heldout" if has_trials else "kfold"


def _are_trials_rated(subjects: Sequence[str], trials: Sequence[str], scores: Sequence[Sequence[str]]) -> bool:
    """Return whether trials have several rows, and one rating each.

    Returns:
        Whether they do.
    """
    n_trials = len(set(zip(subjects, trials, strict=True)))
    return n_trials == len(set(zip(subjects, trials, *scores, strict=True))) < len(subjects)


def _describe_scores(table: RatedTable, known: Mapping[str, ColumnLike]) -> tuple[str, ...]:
    scores = [[float(cell.replace(",", ".") or "nan") for cell in known[label].cells] for label in table.labels]
    low, high, totals = np.nanmin(scores), np.nanmax(scores), np.sum(scores, 0)
    if table.scale is None:
        if any(np.allclose(totals[np.isfinite(totals)], whole, rtol=_ROUNDED) for whole in (1, 100)):
            return ("The scores of each row are shares, which need no scale.",)
        return (f"Scores are from {low:g} to {high:g}; state the ends of their scale in the recipe (floor, ceiling).",)
    floor, ceiling = table.scale
    if low < floor or high > ceiling:
        raise UsageError(f"--scale {floor:g} {ceiling:g}: scores are from {low:g} to {high:g}")
    return () if low == floor else (f"No score is {floor:g}, the floor; the lowest is {low:g}. Is the scale right?",)
