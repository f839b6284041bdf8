"""A block of a recipe -> a component's class and its checked parameters."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from pydantic.errors import PydanticUserError

from mpcl_core.interfaces.components import Component, supplied_by_engine
from mpcl_core.interfaces.errors import Fault
from mpcl_core.recipe.load import stated_path
from mpcl_core.recipe.node import Node, dotted, listed
from mpcl_core.recipe.parameters import model_of, nested_in, own_parameters, values_of
from mpcl_core.recipe.schema import Use
from mpcl_core.recipe.validate import checked, did_you_mean
from mpcl_core.spec.block import Block


@runtime_checkable
class CatalogLike(Protocol):
    """What this stage asks of a catalog."""

    def find(self, slot: str, name: str) -> type[Component] | None:
        """The class of that name, or None."""

    def names(self, slot: str) -> list[str]:
        """The names in a slot."""

    def unknown(self, slot: str, name: str) -> str:
        """What to tell someone who asked for a name that nothing has."""


class Unknown(Component):
    """Stands for a component that could not be found, so that the rest can be looked at."""

    name = "unknown"


class Blocks:
    """Makes blocks.

    Args:
        catalog: the installed components.
        faults: takes what is wrong; where it is not empty, the blocks are of no use.
        paths: takes the absolute path of each node that is one.
    """

    def __init__(self, catalog: CatalogLike, faults: list[Fault], paths: dict[Node, str]) -> None:
        self._catalog, self._faults, self._paths = catalog, faults, paths

    def block(self, node: Node, key: str, slot: str, engine_owned: Sequence[str] = ()) -> Block:
        """The block at a node.

        Args:
            node: the mapping.
            key: its dotted key.
            slot: what kind of component it is.
            engine_owned: keys beside ``use`` that are not the component's.
        """
        unknown = Block(Unknown, {}, node.origin, key)
        if checked(Use, node, key, self._faults) is None:
            return unknown
        use = node.mapping["use"]
        cls = self._catalog.find(slot, str(use.value))
        if cls is None:
            self._fault(use.place, dotted(key, "use"), self._catalog.unknown(slot, str(use.value)))
            return unknown
        given = {name: child for name, child in node.mapping.items() if name not in ("use", *engine_owned)}
        try:
            parameters = self._parameters(cls, replace(node, value=given), key)
        except (NameError, AttributeError, PydanticUserError) as error:
            reason = str(error).splitlines()[0]
            message = f"no recipe can use '{cls.name}' ({inspect.getfile(cls)}): {reason}"
            self._fault(use.place, dotted(key, "use"), message)
            return unknown
        return Block(cls, parameters, node.origin, key)

    def _parameters(self, cls: type[Component], node: Node, key: str) -> dict[str, Any]:
        """The checked parameters in the constructor's order; none where one has a fault."""
        own = own_parameters(cls)
        nested = {name: kind for name, parameter in own.items() if (kind := nested_in(parameter.annotation))}
        for name in node.mapping.keys() - own.keys():
            self._fault(node.mapping[name].origin, dotted(key, name), _no_parameter(cls, name, list(own)))
        values = dict(self._nested(cls, node, key, own, nested))
        flat = {name: parameter for name, parameter in own.items() if name not in nested}
        given = {name: child for name, child in node.mapping.items() if name in flat}
        stated = checked(model_of(cls, flat), replace(node, value=given), key, self._faults, owner=f"'{cls.name}'")
        if stated is None:
            return {}
        values |= {name: self._absolute(value, given.get(name)) for name, value in values_of(stated).items()}
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
                values[name] = self._of_kind(child, dotted(key, name), kind)
            elif default is own[name].empty:
                self._fault(node.origin, key, f"'{cls.name}' needs {listed([name])}.")
            else:
                values[name] = default
        return values

    def _of_kind(self, node: Node, key: str, kind: type[Component]) -> Block:
        block = self.block(node, key, kind.slot)
        if block.cls is not Unknown and not issubclass(block.cls, kind):
            message = f"'{block.cls.name}' is no {kind.__name__}."
            self._fault(node.mapping["use"].place, dotted(key, "use"), message)
        return block

    def _absolute(self, value: Any, node: Node | None) -> Any:
        """The value with every path that the recipe states made absolute."""
        if node is None:
            return value
        if isinstance(value, Path):
            path = stated_path(node)
            self._paths[node] = str(path)
            return path
        if type(value) in (list, tuple) and len(value) == len(node.entries):
            return type(value)(map(self._absolute, value, node.entries))
        if type(value) is dict:
            return {key: self._absolute(child, node.mapping.get(str(key))) for key, child in value.items()}
        return value

    def _fault(self, *fault: Any) -> None:
        self._faults.append(Fault(*fault))


def _no_parameter(cls: type[Component], name: str, own: list[str]) -> str:
    if name in supplied_by_engine(cls.slot):
        return f"the engine supplies '{name}' to '{cls.name}', so leave it out."
    takes = f"It takes: {', '.join(own)}." if own else "It takes none."
    return f"'{cls.name}' has no parameter '{name}'.{did_you_mean(name, own)} {takes}"
