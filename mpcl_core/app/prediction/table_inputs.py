"""Open a feature table that is to be predicted, as the training of the model opened its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mpcl_core.app.prediction.score_rules import score_rules
from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.errors import DataError
from mpcl_core.interfaces.suggestions import list_names
from mpcl_core.model.description import ModelDescription
from mpcl_registry.discover import discover

NAMES = ("subject", "session", "trial", "condition", "stimulus", "start", "stop")
"""The parameters of the source ``table`` that state which columns name a row."""

_SHOWN = 20


def takes_table(model: ModelDescription) -> bool:
    """Return whether a model was trained on a feature table, through the source ``table``.

    Args:
        model: the model.

    Returns:
        Whether it was.
    """
    return bool(model.recipe.get("source", {}).get("use") == "table")


def open_table(
    path: Path, model: ModelDescription, is_rated: bool = False, on_message: Callable[[str], None] = lambda _: None
) -> Source:
    """Open a feature table as a source; it may hold no ratings.

    Args:
        path: the table.
        model: the model, which states the columns; a modality of which the table has no column is absent.
        is_rated: keep the ratings, which are turned into distributions as in the training.
        on_message: called with the notes of a rated table.

    Returns:
        The source.

    Raises:
        DataError: it is no table, has none of the model's columns, lacks a part of those of a modality or all that
            name the person of a row, or it is rated and lacks the ratings of an emotion.
    """
    table: Any = discover(entries=()).catalog.find("source", "table")
    if path.is_dir() or path.suffix.lower() not in table.suffixes:
        kinds = ", ".join(table.suffixes)
        raise DataError(f"the model was trained on a feature table; name one ({kinds}), or a recipe", path)
    names = table.column_names(path)
    used = {each.name: each.ch_names for each in model.inputs if any(column in names for column in each.ch_names)}
    for name, columns in used.items():
        if lacking := [column for column in columns if column not in names]:
            raise DataError(f"lacks {list_names(lacking)}, which the model takes", path, name)
    if not used:
        wanted = list_names([column for each in model.inputs for column in each.ch_names], _SHOWN)
        has = list_names(names, _SHOWN)
        raise DataError(f"has none of the columns that the model takes ({wanted}). It has: {has}", path)
    stated = {name: model.recipe["source"].get(name) or "" for name in NAMES}
    parameters = {"path": path, "modalities": used, "labels": model.labels, **stated}
    if not is_rated:
        source: Source = table.unrated(**parameters)
        return source
    source = table(**parameters, **score_rules(model))
    for note in source.notes:
        on_message(note)
    return source
