"""Find classes of another library by name, and construct them from the values of a recipe."""

import inspect
from collections.abc import Mapping
from typing import Any, TypeVar

from mpcl_core.plugin import suggest_name

T = TypeVar("T")

Value = bool | int | float | str | list[bool | int | float | str]
"""Values that a recipe can state for a parameter of another library's class."""


def find_class(name: str, known: Mapping[str, type[T]], what: str) -> type[T]:
    """Find a class by name.

    Args:
        name: as in the recipe.
        known: name -> class.
        what: the kind of the classes, for the message.

    Returns:
        The class.

    Raises:
        ValueError: there is none; names the nearest.

    Example:
        >>> find_class("Ridg", {"Ridge": object}, "regressor")
        Traceback (most recent call last):
            ...
        ValueError: no regressor named 'Ridg'. Did you mean 'Ridge'?
    """
    if name in known:
        return known[name]
    hint = suggest_name(name, known, n=3) or f" There are: {', '.join(sorted(known))}."
    raise ValueError(f"no {what} named '{name}'.{hint}")


def construct(cls: type[T], supplied: Mapping[str, Any], stated: Mapping[str, Value]) -> T:
    """Construct an instance of a class.

    Args:
        cls: the class.
        supplied: parameters that the component supplies; a recipe cannot state them.
        stated: parameters that the recipe states.

    Returns:
        The instance.

    Raises:
        ValueError: the class has no such parameter, requires another, or refuses a value.
    """
    accepted = {
        name: parameter for name, parameter in inspect.signature(cls).parameters.items() if name not in supplied
    }
    for name in stated:
        if name not in accepted:
            hint = suggest_name(name, accepted)
            raise ValueError(f"{cls.__name__} has no parameter '{name}'.{hint} It takes: {', '.join(accepted)}.")
    try:
        return cls(**supplied, **stated)
    except Exception as error:  # of any kind: a value of the recipe caused it
        lines = str(error).splitlines()
        raise ValueError(f"{cls.__name__}: {lines[0] if lines else type(error).__name__}") from error
