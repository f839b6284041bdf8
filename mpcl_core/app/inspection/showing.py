"""Describe what a user names: a component, a recipe, or the difference of two recipes."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mpcl_core.installed.description import Description, describe
from mpcl_core.interfaces.errors import Place, UsageError
from mpcl_core.interfaces.suggestions import suggest_name
from mpcl_core.recipe.load import load
from mpcl_core.recipe.node import list_values
from mpcl_core.recipes import names
from mpcl_registry.discover import discover

Values = Mapping[str, tuple[Any, Place]]
"""Dotted key -> value and place."""


def recipe_values(recipe: str, sets: Sequence[str] = ()) -> list[dict[str, Any]]:
    """List the resolved values of a recipe.

    Args:
        recipe: a file or the name of a shipped recipe.
        sets: options ``key.key=value`` that patch it.

    Returns:
        Rows with ``key``, ``value`` and ``from``, the place that states the value.

    Raises:
        RecipeError: the recipe has faults.
    """
    values = _values(recipe, sets)
    return [{"key": key, "value": value, "from": _origin(place)} for key, (value, place) in values.items()]


def recipe_difference(first: str, second: str, sets: Sequence[str] = ()) -> list[dict[str, Any]]:
    """List the values in which two recipes differ.

    Args:
        first, second: the recipes, each a file or the name of a shipped recipe.
        sets: options that patch both.

    Returns:
        Rows with ``key``, ``first`` and ``second``; None where a recipe lacks the key.

    Raises:
        RecipeError: a recipe has faults.
    """
    return _difference(_values(first, sets), _values(second, sets))


def _values(stated: str, sets: Sequence[str]) -> Values:
    """Return the values of a recipe.

    Returns:
        The values of the first variant, and those of the others where they differ.
    """
    recipe = load(stated, sets)
    first, *others = recipe.variants.values()
    values: dict[str, tuple[Any, Place]] = dict(list_values(first.node))
    values["seeds"] = (list(recipe.seeds), recipe.seeds_place)
    for variant in others:
        changes = _difference(list_values(first.node), list_values(variant.node))
        for change in changes:
            key, place = f"variants.{variant.name}.{change['key']}", list_values(variant.node).get(change["key"])
            values[key] = place or ("(removed)", variant.place)
        if not changes:
            values[f"variants.{variant.name}"] = (f"(as {first.name})", variant.place)
    return values


def _difference(first: Values, second: Values) -> list[dict[str, Any]]:
    keys = dict.fromkeys([*first, *second])
    rows = [{"key": key, "first": first.get(key, (None,))[0], "second": second.get(key, (None,))[0]} for key in keys]
    return [row for row in rows if row["first"] != row["second"]]


def _origin(place: Place) -> str:
    file = Path(place.file)
    if file.name == "defaults.yaml":
        return "default"
    if place.shipped or not file.is_absolute():
        return str(place)
    return f"{min(os.path.relpath(file), place.file, key=len)}:{place.line}:{place.column}"


def describe_components(name: str, plugins: Sequence[Path] = ()) -> list[Description]:
    """Describe the components of a name, which may be one per slot.

    Args:
        name: the name.
        plugins: plugin files whose components are known too.

    Returns:
        The descriptions, at least one.

    Raises:
        UsageError: no component and no recipe has the name.
    """
    entries = list(discover(plugins).catalog.entries())
    if found := [entry for entry in entries if entry.cls.name == name]:
        return [describe(entry) for entry in found]
    known = sorted({entry.cls.name for entry in entries})
    near = suggest_name(name, (*known, *names()), n=3)
    raise UsageError(
        f"no component and no recipe named '{name}'.{near} "
        "'mpcl list' shows the components, 'mpcl list recipes' the recipes."
    )
