"""Terms of the loss."""

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.hooks import hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_objectives.anchor import Anchor
    from mpcl_objectives.kl import KL
    from mpcl_objectives.label_ce import LabelCE
    from mpcl_objectives.pcl import PCL
    from mpcl_objectives.prd import PRD

    return [Anchor, KL, LabelCE, PCL, PRD]
