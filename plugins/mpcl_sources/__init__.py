"""Where recordings come from."""

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.hooks import hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_sources.dmer import DMER
    from mpcl_sources.emopair import EmoPair
    from mpcl_sources.folder import Folder
    from mpcl_sources.ldl_mat import LDLMat
    from mpcl_sources.simulated import Simulated
    from mpcl_sources.wesad import WESAD

    return [DMER, EmoPair, Folder, LDLMat, Simulated, WESAD]
