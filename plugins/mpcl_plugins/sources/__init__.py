"""Provide sources: where recordings come from."""

from mpcl_core.plugin import Component, hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_plugins.sources.amigos import AMIGOS
    from mpcl_plugins.sources.ascertain import ASCERTAIN
    from mpcl_plugins.sources.case import CASE
    from mpcl_plugins.sources.crema_d_votes import CremaDVotes
    from mpcl_plugins.sources.deap import DEAP
    from mpcl_plugins.sources.dmer import DMER
    from mpcl_plugins.sources.dreamer import DREAMER
    from mpcl_plugins.sources.emognition import Emognition
    from mpcl_plugins.sources.emopair import EmoPair
    from mpcl_plugins.sources.faced import FACED
    from mpcl_plugins.sources.folder import Folder
    from mpcl_plugins.sources.k_emocon import KEmoCon
    from mpcl_plugins.sources.ldl_mat import LDLMat
    from mpcl_plugins.sources.lifesnaps import LifeSnaps
    from mpcl_plugins.sources.seed_iv import SeedIV
    from mpcl_plugins.sources.seed_v import SeedV
    from mpcl_plugins.sources.simulated import Simulated
    from mpcl_plugins.sources.table import Table
    from mpcl_plugins.sources.wesad import WESAD

    with_eeg: list[type[Component]] = [AMIGOS, DEAP, DMER, DREAMER, Emognition, FACED, SeedIV, SeedV]
    others: list[type[Component]] = [ASCERTAIN, CASE, CremaDVotes, EmoPair, KEmoCon, LDLMat, LifeSnaps, WESAD]
    return [*with_eeg, *others, Folder, Simulated, Table]
