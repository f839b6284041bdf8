"""What a reader wants to know of a component: one sentence, its equation, its parameters, where it stands."""

import inspect
import json
import re
from dataclasses import asdict, dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from mpcl_core.interfaces.components import supplied_by_engine
from mpcl_core.recipe.parameters import meanings
from mpcl_registry.catalog import Entry


@dataclass(frozen=True)
class Parameter:
    """What a recipe may give; ``default`` is ``required`` where it must."""

    name: str
    type: str
    default: str
    meaning: str


@dataclass(frozen=True)
class Description:
    """A component in words.

    Args:
        what: the first sentence of the class's docstring; ``details`` is all of it.
        equation: the module's docstring: equation, paper, why.
        file: where it stands.
    """

    name: str
    slot: str
    owner: str
    file: str
    what: str
    equation: str
    details: str
    parameters: tuple[Parameter, ...]

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


def described(entry: Entry) -> Description:
    """The description of a component."""
    details = inspect.getdoc(entry.cls) or ""
    return Description(
        name=entry.cls.name,
        slot=entry.cls.slot,
        owner=entry.owner,
        file=entry.file,
        what=sentence(details),
        equation=inspect.getdoc(inspect.getmodule(entry.cls)) or "",
        details=details,
        parameters=_parameters(entry),
    )


def sentence(text: str) -> str:
    """The first sentence of a docstring."""
    paragraph = " ".join(text.split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", paragraph)[0]


def _parameters(entry: Entry) -> tuple[Parameter, ...]:
    said, supplied = meanings(entry.cls), supplied_by_engine(entry.cls.slot)
    return tuple(
        Parameter(name, _type(parameter.annotation), _default(parameter), said.get(name, ""))
        for name, parameter in inspect.signature(entry.cls).parameters.items()
        if name not in supplied
    )


def _default(parameter: inspect.Parameter) -> str:
    """As a recipe would write it."""
    if parameter.default is parameter.empty:
        return "required"
    return json.dumps(parameter.default, ensure_ascii=False, default=str)


def _type(annotation: Any) -> str:
    """An annotation as a reader wants it: ``int >= 1 <= 65536``, ``tuple[float > 0, ...]``, ``'a' | 'b'``."""
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
    """``Ge(ge=1)`` -> ``>= 1``; what has no sign stays as it is."""
    for name, sign in _SIGNS.items():
        if bound.startswith(name):
            return f"{sign} {bound.removeprefix(name).removesuffix(')')}"
    return "(a name)" if bound.startswith("pattern=") and "A-Za-z0-9" in bound else bound


_SIGNS = {"Gt(gt=": ">", "Ge(ge=": ">=", "Lt(lt=": "<", "Le(le=": "<=", "MinLen(min_length=": "of length >="}
