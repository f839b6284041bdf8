"""Classes of another library by their name, made from what a recipe can state."""

import inspect
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

T = TypeVar("T")

Value = bool | int | float | str | list[bool | int | float | str]
"""What a recipe can state for a parameter of a class that is not ours."""


def find(name: str, known: Mapping[str, type[T]], what: str) -> type[T]:
    """The class of that name.

    Args:
        name: as the recipe gives it.
        known: name -> class.
        what: what the classes are, for the message.

    Raises:
        ValueError: there is none.
    """
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=3)
    hint = f"Did you mean {' or '.join(map(repr, near))}?" if near else f"There are: {', '.join(sorted(known))}."
    raise ValueError(f"no {what} named '{name}'. {hint}")


def make(cls: type[T], supplied: Mapping[str, Any], stated: Mapping[str, Value]) -> T:
    """An instance.

    Args:
        cls: its class.
        supplied: parameters that are not the recipe's.
        stated: the recipe's.

    Raises:
        ValueError: the class has no such parameter, needs another, or refuses a value.
    """
    takes = {name: parameter for name, parameter in inspect.signature(cls).parameters.items() if name not in supplied}
    for name in stated:
        if name not in takes:
            near = get_close_matches(name, takes, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise ValueError(f"{cls.__name__} has no parameter '{name}'.{hint} It takes: {', '.join(takes)}.")
    try:
        return cls(**supplied, **stated)
    except Exception as error:  # whatever another library says to a value, the value was the recipe's
        said = str(error).splitlines()
        raise ValueError(f"{cls.__name__}: {said[0] if said else type(error).__name__}") from error
