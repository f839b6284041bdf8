"""Provide memories: prototypes of emotions and of situations, and episodes."""

from mpcl_core.plugin import Component, hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_plugins.memories.ema_bank import EmaBank
    from mpcl_plugins.memories.episodic_bank import EpisodicBank
    from mpcl_plugins.memories.prototype_bank import PrototypeBank
    from mpcl_plugins.memories.situation_bank import SituationBank
    from mpcl_plugins.memories.tied_bank import TiedBank

    return [EmaBank, EpisodicBank, PrototypeBank, SituationBank, TiedBank]
