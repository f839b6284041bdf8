"""Models that are not networks: the rows without which no number stands."""

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.hooks import hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_baselines.knn import KNN
    from mpcl_baselines.mean import Mean
    from mpcl_baselines.uniform import Uniform

    return [KNN, Mean, Uniform]
