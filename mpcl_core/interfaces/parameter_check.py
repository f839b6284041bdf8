"""Check that a recipe can write the parameters of a component, when its class is loaded.

A recipe writes plain values (numbers, text, paths, dates …), lists, mappings and classes with named fields made of
them, and one component for a parameter that is annotated with a slot.
"""

import inspect
import re
import types
import typing
from collections import OrderedDict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, MutableSequence, Sequence, Set
from dataclasses import is_dataclass
from datetime import date, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import PurePath
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from mpcl_core.interfaces.components.component import Component
from mpcl_core.interfaces.components.engine_parameters import supplied_by_engine

PLAIN_TYPES = (
    *(type(None), bool, int, float, complex, str, bytes, PurePath, Enum),
    *(date, time, timedelta, timezone, Decimal, Fraction, UUID, re.Pattern, type),
)
"""Types of values that have no parts."""

CONTAINERS = (
    *(list, tuple, set, frozenset, deque, dict, OrderedDict),
    *(Mapping, MutableMapping, Sequence, MutableSequence, Collection, Iterable, Set),
)
"""Types of values that are made of others."""


def nested_component_type(annotation: object) -> type[Component] | None:
    """Return the component class that a parameter takes.

    Args:
        annotation: the parameter's annotation.

    Returns:
        The class; None for a parameter that takes a plain value.
    """
    union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    choices = [choice for choice in typing.get_args(annotation) if choice is not type(None)] if union else [annotation]
    only = choices[0] if len(choices) == 1 else None
    return only if isinstance(only, type) and issubclass(only, Component) else None


def parameter_faults(cls: type[Component]) -> Iterator[str]:
    """Find the parameters of a component that no recipe can write.

    Args:
        cls: the component's class.

    Yields:
        What is wrong with each.

    Example:
        >>> from mpcl_core.plugin import Objective, Retrieval
        >>> class Several(Objective):
        ...     name = "several"
        ...
        ...     def __init__(self, *, n_outputs: int, dim: int, parts: list[Retrieval]) -> None: ...
        >>> list(parameter_faults(Several))
        ["the parameter 'parts': several components are no parameter; take one component for each parameter"]
    """
    supplied = supplied_by_engine(cls.slot)
    try:
        for name, parameter in inspect.signature(cls, eval_str=True).parameters.items():
            if name in supplied or nested_component_type(parameter.annotation):
                continue
            if fault := _fault(parameter.annotation, frozenset()):
                yield f"the parameter '{name}': {fault}"
    except (NameError, AttributeError) as error:
        yield f"an annotation of the constructor names something that is not defined where the class is: {error}"


def _fault(annotation: Any, known: frozenset[Any]) -> str:
    """Return why a recipe cannot write a value of a type, or nothing.

    Args:
        annotation: the type.
        known: the classes that are being looked into, which may contain themselves.

    Returns:
        The fault; empty for none.
    """
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation in (Any, object, None, ...) or origin is typing.Literal or annotation in known:
        return ""
    if origin is typing.Annotated:
        return _fault(arguments[0], known)
    if inner := getattr(annotation, "__supertype__", None) or getattr(annotation, "__value__", None):
        return _fault(inner, known)  # a NewType, or an alias
    kind = origin or annotation
    if origin in (typing.Union, types.UnionType) or kind in CONTAINERS:
        return next(filter(None, (_fault(each, known) for each in arguments)), "")
    if not isinstance(kind, type):
        return f"a recipe cannot write a value of the type {annotation}"
    if issubclass(kind, Component):
        return "several components are no parameter; take one component for each parameter"
    if fields := _fields(kind):
        return next(filter(None, (_fault(each, known | {annotation}) for each in fields)), "")
    if issubclass(kind, PLAIN_TYPES) or kind in (types.NoneType,) or is_dataclass(kind) or issubclass(kind, BaseModel):
        return ""
    return (
        f"a recipe cannot write a value of the type {kind.__name__}; take a number, text, a path, a list, a mapping, "
        "a dataclass or a named tuple"
    )


def _fields(kind: type) -> list[Any]:
    if is_dataclass(kind) or hasattr(kind, "_fields") or typing.is_typeddict(kind) or issubclass(kind, BaseModel):
        return list(typing.get_type_hints(kind).values())
    return []
