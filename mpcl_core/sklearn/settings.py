"""Convert between the nested parameters of scikit-learn, such as ``train__lr``, and the settings of a recipe."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mpcl_core.interfaces.errors import Fault, Place, RecipeError
from mpcl_core.recipe.grid import dotted_patch
from mpcl_core.recipe.load import Recipe
from mpcl_core.recipe.mapping import read_mapping
from mpcl_core.recipe.merge import apply_patch
from mpcl_core.recipe.node import Node
from mpcl_core.recipe.schema import check_variant
from mpcl_core.recipe.search_space import SEARCHED

NESTING = "__"
"""What stands between the parts of a nested parameter."""

PLACE = Place("settings", 0, 0)
"""The place of all settings in messages."""


def is_setting(parameter: str) -> bool:
    """Return whether a parameter is a setting of a recipe, such as ``train__lr`` or ``dim``.

    Args:
        parameter: the name of the parameter.

    Returns:
        Whether its first part is a key of a recipe that an estimator of scikit-learn uses.

    Example:
        >>> is_setting("train__lr"), is_setting("device")
        (True, False)
    """
    return parameter.partition(NESTING)[0] in SEARCHED


def split_parameters(params: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Divide parameters into those of the estimator and the settings of the recipe.

    Args:
        params: parameter -> value.

    Returns:
        Parameter -> value, and dotted key -> value.

    Example:
        >>> split_parameters({"device": "cpu", "train__lr": 0.01})
        ({'device': 'cpu'}, {'train.lr': 0.01})
    """
    plain = {name: value for name, value in params.items() if not is_setting(name)}
    return plain, {name.replace(NESTING, "."): value for name, value in params.items() if is_setting(name)}


def checked_settings(settings: Any) -> Mapping[str, Any]:
    """Return the settings that patch a variant.

    Args:
        settings: dotted key -> value; None for no settings.

    Returns:
        Dotted key -> value.

    Raises:
        ValueError: it is no mapping, or a key is none that an estimator of scikit-learn uses.

    Example:
        >>> checked_settings({"train.lr": 0.01})
        {'train.lr': 0.01}
    """
    if settings is None:
        return {}
    if not isinstance(settings, Mapping) or not all(isinstance(key, str) for key in settings):
        raise ValueError(f"settings is {settings!r}, but must be a mapping such as {{'train.lr': 0.01}}")
    if unused := [key for key in settings if key.partition(".")[0] not in SEARCHED]:
        raise ValueError(f"settings has the key '{unused[0]}', but keys begin with one of {', '.join(SEARCHED)}")
    return settings


def apply_settings(recipe: Recipe, settings: Mapping[str, Any]) -> Recipe:
    """Set values of every variant of a recipe.

    Args:
        recipe: the recipe.
        settings: dotted key -> value.

    Returns:
        The recipe.

    Raises:
        RecipeError: a value or a key is none that a variant can have.
    """
    faults: list[Fault] = []
    values = read_mapping(settings, faults).mapping
    patches = [dotted_patch(key, replace(node, place=PLACE)) for key, node in values.items()]
    variants = {}
    for name, variant in recipe.variants.items():
        tree = variant.node
        for patch in patches:
            tree = apply_patch(tree, patch, faults)
        check_variant(tree, faults)
        variants[name] = replace(variant, node=tree)
    if faults:
        raise RecipeError(faults)
    return replace(recipe, variants=variants)


def list_settings(variant: Node) -> dict[str, Any]:
    """List the settings of a variant as nested parameters.

    Args:
        variant: the tree of the resolved variant.

    Returns:
        Parameter -> value; entries of lists have numbers, as in ``transforms__0__use``.
    """
    used = {key: child for key, child in variant.mapping.items() if key in SEARCHED}
    return {NESTING.join(path): value for path, value in _leaves(replace(variant, value=used), ())}


def _leaves(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    parts = node.mapping or {str(index): child for index, child in enumerate(node.entries)}
    if not parts and not isinstance(node.value, Mapping | tuple):
        yield path, node.value
    for name, child in parts.items():
        yield from _leaves(child, (*path, name))
