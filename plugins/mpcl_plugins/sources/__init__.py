"""Provide sources: where recordings come from."""

from mpcl_core.plugin import Component, hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_plugins.sources.crema_d_votes import CremaDVotes
    from mpcl_plugins.sources.deap import DEAP
    from mpcl_plugins.sources.dmer import DMER
    from mpcl_plugins.sources.emopair import EmoPair
    from mpcl_plugins.sources.folder import Folder
    from mpcl_plugins.sources.ldl_mat import LDLMat
    from mpcl_plugins.sources.lifesnaps import LifeSnaps
    from mpcl_plugins.sources.simulated import Simulated
    from mpcl_plugins.sources.wesad import WESAD

    return [CremaDVotes, DEAP, DMER, EmoPair, Folder, LDLMat, LifeSnaps, Simulated, WESAD]
