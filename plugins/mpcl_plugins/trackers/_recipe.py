"""Flatten a recipe to the names and values that trackers show in tables."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def flat_recipe(recipe: Mapping[str, Any]) -> dict[str, str]:
    """Flatten the nested values of a recipe.

    Args:
        recipe: the recipe as plain values.

    Returns:
        Dotted key, in which entries of lists are numbered -> value as text. Characters that trackers refuse in names
        are replaced by ``_``.

    Example:
        >>> flat_recipe({"prepare": [{"use": "window", "length": 2.0}], "seeds": [0, 1], "pool": None})
        {'prepare.0.use': 'window', 'prepare.0.length': '2.0', 'seeds': '0, 1', 'pool': 'null'}
    """
    return {allowed_name(key): _text(value) for key, value in _leaves(recipe, ())}


def allowed_name(name: str) -> str:
    """Return a name that trackers accept for a parameter or a metric.

    Args:
        name: the name.

    Returns:
        The name; characters that trackers refuse are replaced by ``_``.

    Example:
        >>> allowed_name("net+seeds/kl_divergence")
        'net_seeds/kl_divergence'
    """
    return re.sub(r"[^\w./ -]", "_", name)


def _leaves(value: object, keys: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping) and value:
        for name, each in value.items():
            yield from _leaves(each, (*keys, str(name)))
    elif isinstance(value, Sequence) and any(isinstance(each, Mapping | list) for each in value):
        for number, each in enumerate(value):
            yield from _leaves(each, (*keys, str(number)))
    else:
        yield ".".join(keys), value


def _text(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(_text, value)) if isinstance(value, list | tuple) else str(value)
