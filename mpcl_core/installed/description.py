"""Describe a component: a sentence, its equation, its parameters and its file."""

import inspect
import json
import re
from dataclasses import asdict, dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from mpcl_core.interfaces.components import supplied_by_engine
from mpcl_core.recipe.parameters import parse_argument_docs
from mpcl_registry.catalog import Entry


@dataclass(frozen=True)
class Parameter:
    """Describe a parameter that a recipe may state.

    Args:
        name: its name.
        type: its type and bounds as text.
        default: as a recipe would write it; ``required`` where there is none.
        meaning: its line in the component's docstring; may be empty.
    """

    name: str
    type: str
    default: str
    meaning: str


@dataclass(frozen=True)
class Description:
    """Describe a component.

    Args:
        name: its name.
        slot: its slot.
        owner: the plugin that brings it.
        file: the file that defines it.
        summary: the first sentence of the class's docstring.
        equation: the docstring of the module: equation, paper, reason.
        details: the docstring of the class.
        parameters: what a recipe may state.
    """

    name: str
    slot: str
    owner: str
    file: str
    summary: str
    equation: str
    details: str
    parameters: tuple[Parameter, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain values.

        Returns:
            Field -> value.
        """
        return asdict(self)


def describe(entry: Entry) -> Description:
    """Describe a component from its docstrings and its constructor.

    Args:
        entry: the component in the catalog.

    Returns:
        The description.
    """
    details = inspect.getdoc(entry.cls) or ""
    return Description(
        name=entry.cls.name,
        slot=entry.cls.slot,
        owner=entry.owner,
        file=entry.file,
        summary=first_sentence(details),
        equation=inspect.getdoc(inspect.getmodule(entry.cls)) or "",
        details=details,
        parameters=_parameters(entry),
    )


def first_sentence(text: str) -> str:
    """Return the first sentence of a docstring.

    Args:
        text: the docstring.

    Returns:
        The sentence on one line.
    """
    paragraph = " ".join(text.split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", paragraph)[0]


def _parameters(entry: Entry) -> tuple[Parameter, ...]:
    texts, supplied = parse_argument_docs(entry.cls), supplied_by_engine(entry.cls.slot)
    return tuple(
        Parameter(name, _type(parameter.annotation), _default(parameter), texts.get(name, ""))
        for name, parameter in inspect.signature(entry.cls).parameters.items()
        if name not in supplied
    )


def _default(parameter: inspect.Parameter) -> str:
    """Return the default as a recipe would write it.

    Returns:
        JSON, or ``required``.
    """
    if parameter.default is parameter.empty:
        return "required"
    return json.dumps(parameter.default, ensure_ascii=False, default=str)


def _type(annotation: Any) -> str:
    """Return an annotation as short text.

    Returns:
        Text such as ``int >= 1 <= 65536``, ``tuple[float > 0, ...]`` or ``'a' | 'b'``.
    """
    if annotation is ...:
        return "..."
    if annotation is type(None):
        return "null"
    if hasattr(annotation, "__metadata__"):
        bounds = [str(bound) for part in annotation.__metadata__ for bound in getattr(part, "metadata", ())]
        return " ".join([_type(annotation.__origin__), *map(_bound, bounds)])
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " | ".join(map(repr, parts))
    if origin in (Union, UnionType):
        return " | ".join(map(_type, parts))
    name = getattr(origin or annotation, "__name__", str(annotation))
    return f"{name}[{', '.join(map(_type, parts))}]" if parts else name


def _bound(bound: str) -> str:
    """Return a bound as a sign and a number.

    Returns:
        ``>= 1`` for ``Ge(ge=1)``; a bound without a sign as it is.
    """
    for name, sign in _SIGNS.items():
        if bound.startswith(name):
            return f"{sign} {bound.removeprefix(name).removesuffix(')')}"
    return "(a name)" if bound.startswith("pattern=") and "A-Za-z0-9" in bound else bound


_SIGNS = {"Gt(gt=": ">", "Ge(ge=": ">=", "Lt(lt=": "<", "Le(le=": "<=", "MinLen(min_length=": "of length >="}
