"""The JSON Schema of recipes (draft 2020-12), with the components that are installed, for editors.

Made from the models that check a recipe. It says what a text may hold, not what it means: whether a modality is
there, or a stream has a memory, is for ``mpcl check``. A *patch* (a recipe that extends another, a variant) may leave
out ``use`` and anything else, and remove with null.
"""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from pydantic import BaseModel
from pydantic.errors import PydanticUserError
from pydantic.json_schema import GenerateJsonSchema

from mpcl_core.interfaces.components import (
    Component,
    Encoder,
    Estimator,
    FittedTransform,
    Fusion,
    Head,
    Memory,
    Objective,
    Protocol,
    RecordingTransform,
    Source,
    Windowing,
    WindowTransform,
)
from mpcl_core.recipe.parameters import meanings, model_of, nested_in, own_parameters
from mpcl_core.recipe.schema import STUDY_KEYS, Root, Study, Weighted
from mpcl_core.spec.robustness import RobustnessSettings
from mpcl_core.spec.training import TrainSettings

Schema = dict[str, Any]
Kinds = tuple[type[Component], ...]
PREPARED: Kinds = (RecordingTransform, Windowing, WindowTransform)
IN_DEFAULTS = ("prepare", "transforms", "references")
"""What the defaults hold, so that any recipe may remove it."""
NULL: Schema = {"type": "null"}


def recipe_schema(components: Iterable[type[Component]]) -> Schema:
    """The schema.

    Args:
        components: what is installed.
    """
    return _Writer(list(components)).schema()


class _Quiet(GenerateJsonSchema):
    """Leaves out a default that JSON cannot hold, without a warning; and titles, which repeat the keys."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


class _Writer:
    """Writes the schema; ``_definitions`` takes the blocks of each kind once, whole and as patches."""

    def __init__(self, components: Sequence[type[Component]]) -> None:
        self._components = components
        self._definitions: dict[str, Schema] = {}

    def schema(self) -> Schema:
        root = _fields(Root, "root", self._definitions)
        extends = {"type": ["string", "null"], "description": "The recipe that this one patches."}
        variants = {"type": ["object", "null"], "additionalProperties": {"anyOf": [_object(self._keys(True)), NULL]}}
        parts = [
            _object({**root, "extends": extends, **self._keys(patch), "variants": variants}) for patch in (False, True)
        ]
        whole, patch = parts[0] | {"required": ["name"]}, parts[1]
        patched = {"properties": {"extends": {"type": "string"}}, "required": ["extends"]}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "A recipe of MPCL",
            "if": patched,
            "then": patch,
            "else": whole,
            "$defs": self._definitions,
        }

    def _keys(self, patch: bool) -> dict[str, Schema]:
        """What a recipe or a variant may hold. The defaults lie below every recipe, so that ``train`` and
        ``references`` are patches always.
        """
        fixed = _fields(Study, "study", self._definitions)
        keys = {
            "dim": fixed["dim"],
            "source": self._block((Source,), patch),
            "prepare": _list(self._block(PREPARED)),
            "protocol": self._block((Protocol,), patch),
            "transforms": _list(self._block((FittedTransform,))),
            "streams": _named(self._stream(patch), patch),
            "head": self._block((Head,), patch),
            "objectives": _named(self._block((Objective,), patch), patch),
            "estimator": self._block((Estimator,), patch),
            "references": _named(self._block((Estimator,), True), True),
            "train": _object(_fields(TrainSettings, "train", self._definitions)),
            "robustness": _object(_fields(RobustnessSettings, "robustness", self._definitions)),
        }
        return {key: _or_null(keys[key], patch or key in IN_DEFAULTS) for key in STUDY_KEYS}

    def _stream(self, patch: bool) -> Schema:
        parts = {
            "encoders": _named(self._block((Encoder,), patch), patch),
            "fusion": self._block((Fusion,), patch),
            "memory": self._block((Memory,), patch),
        }
        required = {} if patch else {"required": ["encoders", "fusion"]}
        return _object({name: _or_null(part, patch) for name, part in parts.items()}) | required

    def _block(self, kinds: Kinds, patch: bool = False) -> Schema:
        """A reference to the definition of a block of these kinds."""
        name = "_or_".join(kind.__name__.lower() for kind in kinds) + ("_patch" if patch else "")
        if name not in self._definitions:
            self._definitions[name] = {}  # a component may hold another of its own kind
            self._definitions[name] = self._choice(kinds, patch)
        return {"$ref": f"#/$defs/{name}"}

    def _choice(self, kinds: Kinds, patch: bool) -> Schema:
        """``use`` names one of them, and the other keys are its own; a patch without ``use`` has keys of any."""
        by_name = {cls.name: cls for cls in self._components if issubclass(cls, kinds)}
        found = {name: self._parameters(cls, patch) for name, cls in by_name.items()}
        weight = {"weight": _fields(Weighted, "objective", {})["weight"]} if kinds == (Objective,) else {}
        use: Schema = {"enum": list(found), "description": f"The {kinds[0].slot}."}
        cases = []
        for name, own in found.items():
            then = _object({"use": {"const": name}, **weight, **own})
            then["required"] = [] if patch else _required(own, by_name[name])
            cases.append({"if": {"properties": {"use": {"const": name}}, "required": ["use"]}, "then": then})
        schema = {"type": "object", "properties": {"use": use}, "allOf": cases}
        if not patch:
            return schema | {"required": ["use"]}
        any_of = reduce(_joined, found.values(), weight)
        without = {"if": {"not": {"required": ["use"]}}, "then": _object(any_of)}
        return schema | {"allOf": [*cases, without]}

    def _parameters(self, cls: type[Component], patch: bool) -> dict[str, Schema]:
        """Each parameter of a component; without those of one that no recipe can use."""
        try:
            own = own_parameters(cls)
            nested = {name: kind for name, parameter in own.items() if (kind := nested_in(parameter.annotation))}
            flat = {name: parameter for name, parameter in own.items() if name not in nested}
            found = _fields(model_of(cls, flat), f"{cls.slot}.{cls.name}", self._definitions)
        except (NameError, AttributeError, PydanticUserError):
            return {}
        found |= {name: dict(self._block((kind,), patch)) for name, kind in nested.items()}
        said = meanings(cls)
        for name in own.keys() & said.keys():
            found[name] |= {"description": said[name]}
        return {name: _or_null(found[name], patch) for name in own}


def _required(own: Mapping[str, Schema], cls: type[Component]) -> list[str]:
    parameters = inspect.signature(cls).parameters
    return [name for name in own if parameters[name].default is inspect.Parameter.empty]


def _fields(model: type[BaseModel], owner: str, definitions: dict[str, Schema]) -> dict[str, Schema]:
    """The properties of a model; what they refer to becomes definitions under the owner's name."""
    template = f"#/$defs/{owner}.{{model}}"
    found = model.model_json_schema(ref_template=template, schema_generator=_Quiet)
    definitions |= {f"{owner}.{name}": part for name, part in found.get("$defs", {}).items()}
    return dict(found.get("properties", {}))


def _object(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _named(part: Schema, patch: bool) -> Schema:
    return {"type": "object", "additionalProperties": _or_null(part, patch)}


def _or_null(part: Schema, patch: bool) -> Schema:
    return {"anyOf": [part, NULL]} if patch else part


def _joined(known: Mapping[str, Schema], more: Mapping[str, Schema]) -> dict[str, Schema]:
    """The properties of both; one that both have may be either."""
    both = {
        name: {"anyOf": [known[name], part]} if name in known and known[name] != part else part
        for name, part in more.items()
    }
    return {**known, **both}
