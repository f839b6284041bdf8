"""Describe one component of a recipe: its class and checked parameters."""

import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mpcl_core.interfaces.components import Component, supplied_by_engine
from mpcl_core.interfaces.errors import Fault, Place, PluginError, RecipeError, UserError
from mpcl_core.isolation.loose_modules import refuse_loose_imports
from mpcl_core.isolation.process_state import preserve_process_state


@dataclass(frozen=True)
class Block:
    """Hold one component as the recipe describes it.

    Args:
        cls: its class.
        parameters: checked values from the recipe or the constructor's defaults; a nested component is a Block.
        place, key: where it stands in the recipe.
    """

    cls: type[Component]
    parameters: Mapping[str, Any]
    place: Place
    key: str

    def build(self, **supplied: object) -> Any:
        """Build the component.

        Args:
            supplied: what the engine supplies; it may contain more than the slot takes. Nested components take from
                it as well.

        Returns:
            The component.

        Raises:
            RecipeError: the constructor refused a value.
            PluginError: the constructor failed otherwise, changed a setting of the process, or imported a loose module.
        """
        from_engine = {name: supplied[name] for name in supplied_by_engine(self.cls.slot)}
        for_nested = self.cls.supplied_to_nested(supplied, self.parameters)
        own = {
            name: value.build(**for_nested) if isinstance(value, Block) else value
            for name, value in self.parameters.items()
        }
        file, modules = inspect.getfile(self.cls), list(sys.modules)  # a list is copied ten times as fast as a set
        try:
            with preserve_process_state(f"building '{self.cls.name}' ({file})"):
                component = self.cls(**from_engine, **own)
            if list(sys.modules) != modules:
                refuse_loose_imports(frozenset(modules), file)
        except UserError:
            raise
        except ValueError as error:
            raise RecipeError([Fault(self.place, self.key, f"'{self.cls.name}': {error}")]) from error
        except Exception as error:
            raise PluginError(
                f"{self.place}: {self.key}: building '{self.cls.name}' ({file}) failed: {type(error).__name__}: {error}"
            ) from error
        return component
