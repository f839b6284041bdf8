"""Offer what a component learned in ``fit`` as named data, so that a trained model can be stored without pickle."""

import inspect
from collections.abc import Iterator, Mapping, Set
from functools import cache
from typing import Any

import numpy as np

from mpcl_core.interfaces.components.component import Component
from mpcl_core.interfaces.errors import PluginError

StateValue = np.ndarray | float | int | bool | str | None
"""A value of a fitted state: an array of numbers, truth values or text, or a single one of them."""

FittedValues = dict[str, StateValue]
"""Name -> value: everything that a fitted component learned."""

KEYS = "keys"
"""Last part of the name under which the keys of a mapping are stored."""


class FittedComponent(Component):
    """Offer the attributes that ``fit`` sets as the state of the component.

    The parameters of the constructor are no part of the state: a component is built from its recipe and then loads the
    state. Define both methods where an attribute holds something else than arrays, numbers, truth values, text, None,
    or a mapping from text to such values.
    """

    def state_dict(self) -> FittedValues:
        """Return what the component learned.

        Returns:
            Name -> array, number, truth value, text or None; a mapping has an entry for its keys and one a value.

        Raises:
            PluginError: an attribute cannot be stored in this form.
        """
        cls: Any = type(self)  # mypy takes no class for hashable
        parameters = _parameters(cls)
        state: FittedValues = {}
        for name, value in vars(self).items():
            if name not in parameters:
                state |= dict(self._entries(name, value))
        return state

    def load_state_dict(self, state: Mapping[str, StateValue]) -> None:
        """Take over the state of another component that was built with the same parameters.

        Args:
            state: as `state_dict` returned it.

        Raises:
            PluginError: the state would replace something that the class defines.
        """
        for name, value in state.items():
            attribute, _, key = name.partition(".")
            own = getattr(type(self), attribute, None)
            if callable(own) or isinstance(own, property) or attribute.startswith("__"):
                raise PluginError(f"'{self.name}' has no fitted value '{name}': the class defines '{attribute}'")
            if not key:
                setattr(self, name, value)
            elif key == KEYS:
                keys = np.asarray(value).tolist()
                setattr(self, attribute, {each: state[f"{attribute}.{number}"] for number, each in enumerate(keys)})

    def _entries(self, name: str, value: Any) -> Iterator[tuple[str, StateValue]]:
        if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
            yield f"{name}.{KEYS}", np.array(list(value), dtype=np.str_)
            for number, each in enumerate(value.values()):
                yield f"{name}.{number}", self._plain(name, each)
        else:
            yield name, self._plain(name, value)

    def _plain(self, name: str, value: Any) -> StateValue:
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, np.ndarray) and value.dtype.kind in "fiubU":
            return value
        if value is None or isinstance(value, bool | int | float | str):
            return value
        raise PluginError(
            f"'{self.name}' cannot be stored: its attribute '{name}' is of type {type(value).__name__}. "
            "Define state_dict() and load_state_dict() in the class"
        )


@cache
def _parameters(cls: type[Component]) -> Set[str]:
    """Return the names of the parameters of a component, which are slow to find.

    Returns:
        The names.
    """
    return inspect.signature(cls).parameters.keys()
