"""Read a block of a recipe: a component's class and its checked parameters."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol, runtime_checkable

from pydantic.errors import PydanticUserError

from mpcl_core.interfaces.components import Component, supplied_by_engine
from mpcl_core.interfaces.errors import Fault
from mpcl_core.interfaces.parameter_check import nested_component_type
from mpcl_core.interfaces.suggestions import suggest_name
from mpcl_core.recipe.absolute_paths import UnresolvedPathError, absolute
from mpcl_core.recipe.node import Node, format_names, join_key
from mpcl_core.recipe.parameters import (
    known_keys,
    make_parameter_model,
    parameter_values,
    recipe_parameters,
)
from mpcl_core.recipe.schema import ComponentBlock
from mpcl_core.recipe.validate import validate_node
from mpcl_core.spec.block import Block


@runtime_checkable
class CatalogProtocol(Protocol):
    """Describe what this stage needs of a catalog."""

    def find(self, slot: str, name: str) -> type[Component] | None:
        """Find a component.

        Args:
            slot, name: the component.

        Returns:
            Its class, or None.
        """

    def names(self, slot: str) -> list[str]:
        """List the names in a slot.

        Args:
            slot: the slot.

        Returns:
            The names.
        """

    def unknown(self, slot: str, name: str) -> str:
        """Return the message for a name that no component has.

        Args:
            slot, name: what the recipe names.

        Returns:
            The message, with a suggestion.
        """


class UnknownComponent(Component):
    """Take the place of a component that could not be found, so that the rest can be checked."""

    name = "unknown"


class BlockReader:
    """Read blocks.

    Args:
        catalog: the installed components.
        faults: takes what is wrong; where it is not empty, the blocks must not be used.
        paths: takes the absolute path of each node that is one.
    """

    def __init__(self, catalog: CatalogProtocol, faults: list[Fault], paths: dict[Node, str]) -> None:
        self._catalog, self._faults, self._paths = catalog, faults, paths

    def block(self, node: Node, key: str, slot: str, engine_owned: Sequence[str] = ()) -> Block:
        """Read the block at a node.

        Args:
            node: the mapping.
            key: its dotted key.
            slot: the slot of the component.
            engine_owned: keys beside ``use`` that are not the component's.

        Returns:
            The block; its class is `UnknownComponent` where it has a fault.
        """
        unknown = Block(UnknownComponent, {}, node.origin, key)
        if validate_node(ComponentBlock, node, key, self._faults) is None:
            return unknown
        use = node.mapping["use"]
        cls = self._catalog.find(slot, str(use.value))
        if cls is None:
            self._fault(use.place, join_key(key, "use"), self._catalog.unknown(slot, str(use.value)))
            return unknown
        stated = {name: child for name, child in node.mapping.items() if name not in ("use", *engine_owned)}
        try:
            parameters = self._parameters(cls, replace(node, value=stated), key)
        except PydanticUserError as error:
            reason = str(error).splitlines()[0]
            message = f"'{cls.name}' cannot be used in a recipe ({inspect.getfile(cls)}): {reason}"
            self._fault(use.place, join_key(key, "use"), message)
            return unknown
        return Block(cls, parameters, node.origin, key)

    def _parameters(self, cls: type[Component], node: Node, key: str) -> dict[str, Any]:
        """Check the parameters of a component.

        Args:
            cls: its class.
            node: the mapping of parameters.
            key: the block's dotted key.

        Returns:
            The values in the constructor's order; none where one has a fault.
        """
        own = recipe_parameters(cls)
        kinds = {name: nested_component_type(parameter.annotation) for name, parameter in own.items()}
        nested = {name: kind for name, kind in kinds.items() if kind}
        for name in node.mapping.keys() - own.keys():
            self._fault(node.mapping[name].origin, join_key(key, name), _no_parameter(cls, name, list(own)))
        values = dict(self._nested(cls, node, key, own, nested))
        stated = {name: child for name, child in node.mapping.items() if name in own and name not in nested}
        model, owner = make_parameter_model(cls), f"'{cls.name}'"
        known = partial(known_keys, cls)
        valid = validate_node(model, replace(node, value=stated), key, self._faults, known, owner)
        if valid is None:
            return {}
        values |= {
            name: self._absolute(value, stated.get(name), join_key(key, name))
            for name, value in parameter_values(valid).items()
        }
        return {name: values[name] for name in own if name in values}

    def _nested(
        self,
        cls: type[Component],
        node: Node,
        key: str,
        own: Mapping[str, inspect.Parameter],
        nested: Mapping[str, type[Component]],
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, kind in nested.items():
            child = node.mapping.get(name)
            default = own[name].default
            if child is not None:
                values[name] = self._of_kind(child, join_key(key, name), kind)
            elif default is own[name].empty:
                self._fault(node.origin, key, f"'{cls.name}' needs {format_names([name])}.")
            else:
                values[name] = default
        return values

    def _of_kind(self, node: Node, key: str, kind: type[Component]) -> Block:
        block = self.block(node, key, kind.slot)
        if block.cls is not UnknownComponent and not issubclass(block.cls, kind):
            message = f"'{block.cls.name}' is not a component of the kind {kind.__name__}."
            self._fault(node.mapping["use"].place, join_key(key, "use"), message)
        return block

    def _absolute(self, value: Any, node: Node | None, key: str) -> Any:
        """Make every path that the recipe states absolute.

        Args:
            value: the value of a parameter.
            node: where the recipe states it; None for a default.
            key: the parameter's dotted key.

        Returns:
            The value with absolute paths.
        """
        if node is None:
            return value
        try:
            return absolute(value, node, self._paths)
        except UnresolvedPathError as error:
            self._fault(node.place, key, str(error))
            return value

    def _fault(self, *fault: Any) -> None:
        self._faults.append(Fault(*fault))


def _no_parameter(cls: type[Component], name: str, own: list[str]) -> str:
    if name in supplied_by_engine(cls.slot):
        return f"the engine supplies '{name}' to '{cls.name}', so leave it out."
    takes = f"It takes: {', '.join(own)}." if own else "It takes none."
    return f"'{cls.name}' has no parameter '{name}'.{suggest_name(name, own)} {takes}"
