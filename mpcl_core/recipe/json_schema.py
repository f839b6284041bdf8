"""Write the JSON Schema of recipes (draft 2020-12), with the installed components, for editors.

It is made from the models that check a recipe. It describes what a text may contain; whether a modality exists or a
stream has a memory is checked by ``mpcl check``. A *patch* (a recipe that extends another, a variant) may leave out
``use`` and anything else, and remove with null.
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
from mpcl_core.interfaces.parameter_check import nested_component_type
from mpcl_core.recipe.parameters import (
    make_parameter_model,
    parse_argument_docs,
    recipe_parameters,
)
from mpcl_core.recipe.schema import MAX_SEEDS, VARIANT_KEYS, ObjectiveBlock, RecipeHeader, VariantBlocks
from mpcl_core.spec.error_bars import ErrorBarSettings
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.spec.robustness import RobustnessSettings
from mpcl_core.spec.search import SearchSettings
from mpcl_core.spec.training import TrainSettings

Schema = dict[str, Any]
Kinds = tuple[type[Component], ...]
PREPARED: Kinds = (RecordingTransform, Windowing, WindowTransform)
IN_DEFAULTS = ("prepare", "transforms", "references")
"""Keys that the defaults contain, so that any recipe may remove them."""
NULL: Schema = {"type": "null"}


def recipe_schema(components: Iterable[type[Component]]) -> Schema:
    """Return the schema.

    Args:
        components: the installed components.

    Returns:
        The schema as plain values.
    """
    return _Writer(list(components)).schema()


def _grid() -> Schema:
    values = {"type": ["array", "object"], "minItems": 1, "description": "The values of a key, or keys below it."}
    about = "Dotted keys with lists of values; each point of their product becomes a variant."
    return {"type": ["object", "null"], "additionalProperties": values, "description": about}


class _PropertySchema(GenerateJsonSchema):
    """Leave out defaults that JSON cannot hold, without a warning, and titles, which repeat the keys."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


class _Writer:
    """Write the schema; ``_definitions`` takes the blocks of each kind once, complete and as patches."""

    def __init__(self, components: Sequence[type[Component]]) -> None:
        self._components = components
        self._definitions: dict[str, Schema] = {}

    def schema(self) -> Schema:
        root = _fields(RecipeHeader, "root", self._definitions)
        extends = {"type": ["string", "null"], "description": "The recipe that this one patches."}
        grid = _grid()
        patched = _object({**self._keys(True), "grid": grid})
        variants = {"type": ["object", "null"], "additionalProperties": {"anyOf": [patched, NULL]}}
        root["seeds"] = {"anyOf": [root["seeds"], {"type": "integer", "minimum": 1, "maximum": MAX_SEEDS}]}
        parts = [
            _object({**root, "extends": extends, **self._keys(patch), "grid": grid, "variants": variants})
            for patch in (False, True)
        ]
        complete, patch = parts[0] | {"required": ["name"]}, parts[1]
        is_patch = {"properties": {"extends": {"type": "string"}}, "required": ["extends"]}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "A recipe of MPCL",
            "if": is_patch,
            "then": patch,
            "else": complete,
            "$defs": self._definitions,
        }

    def _keys(self, patch: bool) -> dict[str, Schema]:
        """Return the schema of the keys that a recipe or a variant may have.

        Every recipe patches the defaults, so ``train`` and ``references`` are always patches.

        Args:
            patch: whether it is a patch.

        Returns:
            Key -> schema.
        """
        fixed = _fields(VariantBlocks, "study", self._definitions)
        keys = {
            "dim": fixed["dim"],
            "source": self._block((Source,), patch),
            "prepare": _list(self._block(PREPARED)),
            "protocol": self._block((Protocol,), patch),
            "transforms": _list(self._block((FittedTransform,))),
            "streams": _named(self._stream(patch), patch),
            "head": self._block((Head,), patch),
            "objectives": _named(self._block((Objective,), patch), patch),
            "mix": _named(self._block((Estimator,), patch), patch),
            "estimator": self._block((Estimator,), patch),
            "references": _named(self._block((Estimator,), True), True),
            "train": _object(_fields(TrainSettings, "train", self._definitions)),
            "error_bars": _object(_fields(ErrorBarSettings, "error_bars", self._definitions)),
            "name_trials": fixed["name_trials"],
            "robustness": _object(_fields(RobustnessSettings, "robustness", self._definitions)),
            "pool": _object(_fields(PoolSettings, "pool", self._definitions)),
            "search": _object(_fields(SearchSettings, "search", self._definitions)),
        }
        return {key: _or_null(keys[key], patch or key in IN_DEFAULTS) for key in VARIANT_KEYS}

    def _stream(self, patch: bool) -> Schema:
        parts = {
            "encoders": _named(self._block((Encoder,), patch), patch),
            "fusion": self._block((Fusion,), patch),
            "memory": self._block((Memory,), patch),
        }
        required = {} if patch else {"required": ["encoders", "fusion"]}
        return _object({name: _or_null(part, patch) for name, part in parts.items()}) | required

    def _block(self, kinds: Kinds, patch: bool = False) -> Schema:
        """Refer to the definition of a block of some kinds, which is made at the first reference.

        Args:
            kinds: the base classes of its component.
            patch: whether it is a patch.

        Returns:
            The reference.
        """
        name = "_or_".join(kind.__name__.lower() for kind in kinds) + ("_patch" if patch else "")
        if name not in self._definitions:
            self._definitions[name] = {}  # a component may hold another of its own kind
            self._definitions[name] = self._choice(kinds, patch)
        return {"$ref": f"#/$defs/{name}"}

    def _choice(self, kinds: Kinds, patch: bool) -> Schema:
        """Describe a block whose ``use`` names a component and whose other keys are its parameters.

        Args:
            kinds: the base classes of the component.
            patch: whether it is a patch; one without ``use`` has keys of any of them.

        Returns:
            The schema.
        """
        by_name = {cls.name: cls for cls in self._components if issubclass(cls, kinds)}
        found = {name: self._parameters(cls, patch) for name, cls in by_name.items()}
        weight = {"weight": _fields(ObjectiveBlock, "objective", {})["weight"]} if kinds == (Objective,) else {}
        use: Schema = {"enum": list(found), "description": f"The {kinds[0].slot}."}
        cases = []
        for name, own in found.items():
            then = _object({"use": {"const": name}, **weight, **own})
            then["required"] = [] if patch else _required(own, by_name[name])
            cases.append({"if": {"properties": {"use": {"const": name}}, "required": ["use"]}, "then": then})
        schema = {"type": "object", "properties": {"use": use}, "allOf": cases}
        if not patch:
            return schema | {"required": ["use"]}
        any_of = reduce(_merge_properties, found.values(), weight)
        without = {"if": {"not": {"required": ["use"]}}, "then": _object(any_of)}
        return schema | {"allOf": [*cases, without]}

    def _parameters(self, cls: type[Component], patch: bool) -> dict[str, Schema]:
        """Describe the parameters of a component.

        Args:
            cls: its class.
            patch: whether the block is a patch.

        Returns:
            Parameter -> schema; none for a component that cannot be used in a recipe.
        """
        try:
            own = recipe_parameters(cls)
            kinds = {name: nested_component_type(parameter.annotation) for name, parameter in own.items()}
            nested = {name: kind for name, kind in kinds.items() if kind}
            found = _fields(make_parameter_model(cls), f"{cls.slot}.{cls.name}", self._definitions)
        except PydanticUserError:
            return {}
        found |= {name: dict(self._block((kind,), patch)) for name, kind in nested.items()}
        descriptions = parse_argument_docs(cls)
        for name in own.keys() & descriptions.keys():
            found[name] |= {"description": descriptions[name]}
        return {name: _or_null(found[name], patch) for name in own}


def _required(own: Mapping[str, Schema], cls: type[Component]) -> list[str]:
    parameters = inspect.signature(cls).parameters
    return [name for name in own if parameters[name].default is inspect.Parameter.empty]


def _fields(model: type[BaseModel], owner: str, definitions: dict[str, Schema]) -> dict[str, Schema]:
    """Return the properties of a model.

    Args:
        model: the model.
        owner: the first part of the names of the definitions that they refer to.
        definitions: takes these definitions.

    Returns:
        Property -> schema.
    """
    template = f"#/$defs/{owner}.{{model}}"
    found = model.model_json_schema(ref_template=template, schema_generator=_PropertySchema)
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


def _merge_properties(known: Mapping[str, Schema], more: Mapping[str, Schema]) -> dict[str, Schema]:
    """Merge properties; one that both have may be either.

    Args:
        known, more: property -> schema.

    Returns:
        All properties.
    """
    both = {
        name: {"anyOf": [known[name], part]} if name in known and known[name] != part else part
        for name, part in more.items()
    }
    return {**known, **both}
