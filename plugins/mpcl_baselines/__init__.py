"""Models that are not networks: the rows without which no number stands."""

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.hooks import hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_baselines.condition_mean import ConditionMean
    from mpcl_baselines.knn import KNN
    from mpcl_baselines.lda_knn import LDAKNN
    from mpcl_baselines.mean import Mean
    from mpcl_baselines.ridge import Ridge
    from mpcl_baselines.subject_mean import SubjectMean
    from mpcl_baselines.uniform import Uniform

    return [ConditionMean, KNN, LDAKNN, Mean, Ridge, SubjectMean, Uniform]
