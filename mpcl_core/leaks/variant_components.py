"""Visit all components of a variant's jobs, nested ones included."""

from collections.abc import Callable
from dataclasses import replace

from mpcl_core.interfaces.components import Component, FittedTransform
from mpcl_core.spec.block import Block
from mpcl_core.spec.network import NetworkSpec, StreamSpec
from mpcl_core.spec.variant import VariantSpec

Change = Callable[[Block], Block]


def replace_blocks(spec: VariantSpec, change: Change) -> VariantSpec:
    """Replace the blocks of a variant's fitted transforms and of its model, inner blocks first.

    Args:
        spec: the variant.
        change: makes the new block from each block.

    Returns:
        The same variant with the new blocks.
    """
    transforms = tuple(_replace(block, change) for block in spec.transforms)
    model = spec.model
    changed = _replace(model, change) if isinstance(model, Block) else _replace_in_network(model, change)
    return replace(spec, transforms=transforms, model=changed)


def list_components(spec: VariantSpec) -> set[tuple[type[Component], str]]:
    """List the component classes of a variant's jobs.

    Args:
        spec: the variant.

    Returns:
        Each class with a text that tells uses apart: of fitted transforms, which are few, their parameters; else "".
    """
    components = set()

    def collect(block: Block) -> Block:
        text = repr(sorted(block.parameters.items())) if issubclass(block.cls, FittedTransform) else ""
        components.add((block.cls, text))
        return block

    replace_blocks(spec, collect)
    return components


def _replace_in_network(model: NetworkSpec, change: Change) -> NetworkSpec:
    streams = {name: _replace_in_stream(stream, change) for name, stream in model.streams.items()}
    objectives = {name: (_replace(block, change), weight) for name, (block, weight) in model.objectives.items()}
    mix = {name: _replace(block, change) for name, block in model.mix.items()}
    return replace(model, streams=streams, head=_replace(model.head, change), objectives=objectives, mix=mix)


def _replace_in_stream(stream: StreamSpec, change: Change) -> StreamSpec:
    encoders = {name: _replace(block, change) for name, block in stream.encoders.items()}
    memory = _replace(stream.memory, change) if stream.memory else None
    return StreamSpec(encoders, _replace(stream.fusion, change), memory)


def _replace(block: Block, change: Change) -> Block:
    parameters = {
        name: _replace(value, change) if isinstance(value, Block) else value for name, value in block.parameters.items()
    }
    return change(replace(block, parameters=parameters))
