"""Describe the parameters that a component's constructor takes from the recipe, as a strict pydantic model."""

import inspect
import re
import types
import typing
from collections.abc import Sequence
from dataclasses import is_dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, Field, create_model

from mpcl_core.interfaces.components import Component, supplied_by_engine
from mpcl_core.interfaces.parameter_check import nested_component_type
from mpcl_core.recipe.validate import STRICT


def recipe_parameters(cls: type[Component]) -> dict[str, inspect.Parameter]:
    """Return the parameters that the recipe supplies, in the order of the constructor.

    Args:
        cls: the component's class.

    Returns:
        Name -> parameter.

    Raises:
        NameError: an annotation is text that names nothing.
    """
    supplied = supplied_by_engine(cls.slot)
    parameters = inspect.signature(cls, eval_str=True).parameters
    return {name: parameter for name, parameter in parameters.items() if name not in supplied}


def parse_argument_docs(cls: type[Component]) -> dict[str, str]:
    """Read the descriptions of parameters from the section ``Args`` of a class's docstring.

    Args:
        cls: the component's class.

    Returns:
        Parameter -> its description in one line.
    """
    text = inspect.getdoc(cls) or ""
    section = re.search(r"^Args:\n(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    found: dict[str, str] = {}
    for line in section[1].splitlines() if section else ():
        if start := re.match(r"    ([\w, ]+): (.*)", line):
            names, last = start[1].split(", "), start[2]
            found |= dict.fromkeys(names, last)
        elif line.strip() and found:
            found |= {name: f"{found[name]} {line.strip()}" for name in names}
    return found


def make_parameter_model(cls: type[Component]) -> type[BaseModel]:
    """Make a model with a class's plain parameters as fields; `parameter_values` reads its instances.

    A recipe of many variants names the same classes again and again, and a model costs a millisecond: it is made once.

    Args:
        cls: the component's class.

    Returns:
        The model.

    Raises:
        PydanticUserError: a parameter is of a type that no recipe can write.
    """
    return _cached_model(cls)  # type: ignore[arg-type]  # mypy takes the hash of instances for that of the class


@lru_cache(maxsize=1024)
def _cached_model(cls: type[Component]) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for name, parameter in recipe_parameters(cls).items():
        if nested_component_type(parameter.annotation):
            continue
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[_PREFIX + name] = (parameter.annotation, Field(default, alias=name))
    return create_model(cls.__name__, __config__=STRICT, **fields)


def known_keys(cls: type[Component], path: Sequence[str | int]) -> list[str]:
    """Return the keys that a mapping inside a parameter's value may have.

    Args:
        cls: the component's class.
        path: the parameter, and the keys and indices that lead from its value to the mapping.

    Returns:
        The names of the fields of a dataclass, a named tuple, a typed mapping or a model; none for other values.
    """
    name, *inner = path
    return [str(key) for kind in _kinds(recipe_parameters(cls)[str(name)].annotation, inner) for key in _fields(kind)]


def _kinds(annotation: Any, path: Sequence[str | int]) -> list[Any]:
    """Return the types that the value at a path inside a value may have.

    Returns:
        The types; more than one where the annotation has choices.
    """
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _kinds(arguments[0], path)
    if origin in (typing.Union, types.UnionType):
        return [kind for choice in arguments for kind in _kinds(choice, path)]
    if not path:
        return [annotation]
    if fields := _fields(annotation):
        return _kinds(fields[path[0]], path[1:]) if path[0] in fields else []
    return [kind for argument in arguments for kind in _kinds(argument, path[1:])]


def _fields(kind: Any) -> dict[Any, Any]:
    has_fields = is_dataclass(kind) or hasattr(kind, "_fields") or typing.is_typeddict(kind)
    if isinstance(kind, type) and (has_fields or issubclass(kind, BaseModel)):
        return dict(typing.get_type_hints(kind, include_extras=True))
    return {}


def parameter_values(instance: BaseModel) -> dict[str, Any]:
    """Return the parameters that an instance of such a model holds.

    Args:
        instance: of a model of `make_parameter_model`.

    Returns:
        Name -> value.
    """
    return {name.removeprefix(_PREFIX): getattr(instance, name) for name in type(instance).model_fields}


_PREFIX = "parameter_"  # a field of its own name could hide a method of the model
