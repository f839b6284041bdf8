"""Prototypes of each emotion."""

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.hooks import hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_memory.ema_bank import EmaBank
    from mpcl_memory.episodic_bank import EpisodicBank
    from mpcl_memory.prototype_bank import PrototypeBank

    return [EmaBank, EpisodicBank, PrototypeBank]
