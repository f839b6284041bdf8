"""Other people's models, rebuilt from their published descriptions."""

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.hooks import hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_rivals.aa_knn import AAKNN
    from mpcl_rivals.cross_attention import CrossAttention
    from mpcl_rivals.distillation import Distillation
    from mpcl_rivals.early_fusion import EarlyFusion
    from mpcl_rivals.emotion_dict import EmotionDict
    from mpcl_rivals.helo import HeLo
    from mpcl_rivals.label_attention import LabelAttention
    from mpcl_rivals.label_correlation import LabelCorrelation
    from mpcl_rivals.late_fusion import LateFusion
    from mpcl_rivals.ldl_lrr import LDLLRR
    from mpcl_rivals.random_forest import RandomForest
    from mpcl_rivals.sa_bfgs import SABFGS
    from mpcl_rivals.tensor_fusion import TensorFusion
    from mpcl_rivals.transformer import Transformer

    parts: list[type[Component]] = [
        CrossAttention,
        EarlyFusion,
        HeLo,
        TensorFusion,
        Transformer,
        EmotionDict,
        LabelAttention,
        LateFusion,
    ]
    return [*parts, Distillation, LabelCorrelation, AAKNN, LDLLRR, RandomForest, SABFGS]
