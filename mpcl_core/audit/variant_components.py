"""The components of a variant's jobs, all of them, nested ones too."""

from collections.abc import Callable
from dataclasses import replace

from mpcl_core.interfaces.components import Component, FittedTransform
from mpcl_core.spec.block import Block
from mpcl_core.spec.network import NetworkSpec, StreamSpec
from mpcl_core.spec.variant import VariantSpec

Change = Callable[[Block], Block]


def with_blocks(spec: VariantSpec, change: Change) -> VariantSpec:
    """The same variant with other blocks for its fitted transforms and its model, inner ones first."""
    transforms = tuple(_changed(block, change) for block in spec.transforms)
    model = spec.model
    changed = _changed(model, change) if isinstance(model, Block) else _network(model, change)
    return replace(spec, transforms=transforms, model=changed)


def components(spec: VariantSpec) -> set[tuple[type[Component], str]]:
    """The classes of these components; those of fitted transforms, which are few, with their parameters."""
    found = set()

    def note(block: Block) -> Block:
        text = repr(sorted(block.parameters.items())) if issubclass(block.cls, FittedTransform) else ""
        found.add((block.cls, text))
        return block

    with_blocks(spec, note)
    return found


def _network(model: NetworkSpec, change: Change) -> NetworkSpec:
    streams = {name: _stream(stream, change) for name, stream in model.streams.items()}
    objectives = {name: (_changed(block, change), weight) for name, (block, weight) in model.objectives.items()}
    return replace(model, streams=streams, head=_changed(model.head, change), objectives=objectives)


def _stream(stream: StreamSpec, change: Change) -> StreamSpec:
    encoders = {name: _changed(block, change) for name, block in stream.encoders.items()}
    memory = _changed(stream.memory, change) if stream.memory else None
    return StreamSpec(encoders, _changed(stream.fusion, change), memory)


def _changed(block: Block, change: Change) -> Block:
    parameters = {
        name: _changed(value, change) if isinstance(value, Block) else value for name, value in block.parameters.items()
    }
    return change(replace(block, parameters=parameters))
