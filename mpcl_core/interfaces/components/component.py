"""Mark classes as components, and state what some require of the network around them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


class Component:
    """Mark a class as a component: it belongs to a slot and has a name by which a recipe picks it.

    ``slot`` is set by the base class of the slot, ``name`` by the component (``use: <name>``). ``libraries`` names the
    modules that it imports only when it is constructed and that wrap functions of other libraries, as torch-geometric
    does: a job imports them first, because a component may not replace such functions.
    """

    slot: ClassVar[str]
    name: ClassVar[str]
    libraries: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def supplied_to_nested(cls, supplied: Mapping[str, Any], parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what the engine supplies to the components nested in this one: the same, unless overridden.

        Args:
            supplied: what the engine supplies to this component.
            parameters: this component's own parameters.

        Returns:
            Name -> value.
        """
        return supplied


@dataclass(frozen=True)
class Needs:
    """State what an objective or a head requires of the network around it.

    Args:
        memories: how many streams must have a memory.
    """

    memories: int = 0
