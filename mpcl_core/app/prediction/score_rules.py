"""Find the rules by which the training of a model turned scores into distributions."""

import inspect
from collections.abc import Mapping
from typing import Any, get_args

from mpcl_core.model.description import ModelDescription
from mpcl_core.toolkit.ratings import AtFloor, MissingScore, RatingRule
from mpcl_registry.discover import discover

RULES: Mapping[str, tuple[str, ...]] = {
    "ratings": get_args(RatingRule),
    "at_floor": get_args(AtFloor),
    "missing": get_args(MissingScore),
}
"""The parameters of sources that turn scores into distributions -> the values that they share."""


def score_rules(model: ModelDescription) -> dict[str, Any]:
    """Return the rules with which a manifest of scores is read as the training of a model read its scores.

    Args:
        model: the model, whose recipe states its source.

    Returns:
        Parameters of the sources ``folder`` and ``table``; none where the source of the model has no scores.
    """
    stated = model.recipe.get("source", {})
    source: Any = discover(entries=()).catalog.find("source", stated.get("use", ""))
    defaults = {} if source is None else inspect.signature(source).parameters
    values = {name: stated.get(name, defaults[name].default if name in defaults else None) for name in RULES}
    rules: dict[str, Any] = {name: value for name, value in values.items() if value in RULES[name]}
    scale = {name: stated[name] for name in ("floor", "ceiling") if stated.get(name) is not None}
    return rules and {**rules, "floor": 0.0 if source is None else source.lowest_score, **scale}
