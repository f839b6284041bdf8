"""Provide objectives: the terms of the loss."""

from mpcl_core.plugin import Component, hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_plugins.objectives.anchor import Anchor
    from mpcl_plugins.objectives.centred_contrast import CentredContrast
    from mpcl_plugins.objectives.dirichlet import Dirichlet
    from mpcl_plugins.objectives.distillation import Distillation
    from mpcl_plugins.objectives.kl import KL
    from mpcl_plugins.objectives.label_ce import LabelCE
    from mpcl_plugins.objectives.label_correlation import LabelCorrelation
    from mpcl_plugins.objectives.pcl import PCL
    from mpcl_plugins.objectives.prd import PRD

    return [Anchor, CentredContrast, Dirichlet, Distillation, KL, LabelCE, LabelCorrelation, PCL, PRD]
