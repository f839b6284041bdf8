"""Terms of the loss."""

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.hooks import hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_objectives.kl import KL

    return [KL]
