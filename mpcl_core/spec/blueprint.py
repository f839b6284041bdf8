"""A checked recipe: which components, with which parameters. The recipe language makes it, the engine builds it."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mpcl_core.interfaces.components import Component, supplied_by_engine
from mpcl_core.interfaces.errors import Fault, Place, PluginError, RecipeError, UserError
from mpcl_core.interfaces.process_state import unchanged
from mpcl_core.spec.settings import Robustness, Train


@dataclass(frozen=True)
class Block:
    """One component as the recipe describes it.

    Args:
        cls: its class.
        parameters: what the recipe (or the constructor's default) gives, checked; a nested component is a Block.
        place, key: where it stands in the recipe.
    """

    cls: type[Component]
    parameters: Mapping[str, Any]
    place: Place
    key: str

    def build(self, **supplied: object) -> Any:
        """The component. ``supplied`` may hold more than its slot takes; nested components take from it too.

        Raises:
            RecipeError: the constructor refused a value.
            PluginError: the constructor failed otherwise, or changed a setting of the process.
        """
        given = {name: supplied[name] for name in supplied_by_engine(self.cls.slot)}
        own = {
            name: value.build(**supplied) if isinstance(value, Block) else value
            for name, value in self.parameters.items()
        }
        file = inspect.getfile(self.cls)
        try:
            with unchanged(f"building '{self.cls.name}' ({file})"):
                return self.cls(**given, **own)
        except UserError:
            raise
        except ValueError as error:
            raise RecipeError([Fault(self.place, self.key, f"'{self.cls.name}': {error}")]) from error
        except Exception as error:
            raise PluginError(
                f"{self.place}: {self.key}: building '{self.cls.name}' ({file}) failed: {type(error).__name__}: {error}"
            ) from error


@dataclass(frozen=True)
class StreamBlueprint:
    """The components of one stream: modality name -> encoder, the fusion, and a memory or none."""

    encoders: Mapping[str, Block]
    fusion: Block
    memory: Block | None


@dataclass(frozen=True)
class NetworkBlueprint:
    """A network and its loss.

    Args:
        dim: d.
        streams: stream name -> its components, in recipe order.
        head: the head.
        objectives: name -> (component, weight in the loss).
        train: how it is trained.
    """

    dim: int
    streams: Mapping[str, StreamBlueprint]
    head: Block
    objectives: Mapping[str, tuple[Block, float]]
    train: Train


@dataclass(frozen=True)
class Blueprint:
    """One variant of a recipe.

    Args:
        name: the variant's name.
        source, prepare, protocol: what the rows and folds come from; equal for variants that share them.
        transforms: the fitted transforms, in order.
        model: a network, or the block of an estimator.
        references: name -> estimator that stands beside the variant on the same folds.
        recipe: the resolved variant as plain values.
        robustness: how the trained network is tested without some modalities; None if it is not.
    """

    name: str
    source: Block
    prepare: tuple[Block, ...]
    protocol: Block
    transforms: tuple[Block, ...]
    model: NetworkBlueprint | Block
    references: Mapping[str, Block]
    recipe: Mapping[str, Any] = field(repr=False)
    robustness: Robustness | None = None


def blocks(value: object) -> list[Block]:
    """Every block in a blueprint or a part of one, nested ones too."""
    if isinstance(value, Block):
        return [value, *blocks(value.parameters)]
    if isinstance(value, Mapping):
        return [block for part in value.values() for block in blocks(part)]
    if isinstance(value, tuple | list):
        return [block for part in value for block in blocks(part)]
    if isinstance(value, Blueprint | NetworkBlueprint | StreamBlueprint):
        return [block for part in vars(value).values() for block in blocks(part)]
    return []
