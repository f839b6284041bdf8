"""What is done to recordings and windows before a model sees them."""

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.hooks import hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_transforms.eda import EDA
    from mpcl_transforms.hrv import HRV
    from mpcl_transforms.statistics import Statistics
    from mpcl_transforms.subject_prior import SubjectPrior
    from mpcl_transforms.window import Window
    from mpcl_transforms.zscore import ZScore

    return [EDA, HRV, Statistics, SubjectPrior, Window, ZScore]
