"""Graphs in place of the default encoders, fusions, memories and heads (torch-geometric)."""

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.hooks import hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return []
