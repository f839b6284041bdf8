"""Provide retrievals: read stored patterns with a query."""

from mpcl_core.plugin import Component, hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_plugins.retrievals.hopfield import Hopfield

    return [Hopfield]
