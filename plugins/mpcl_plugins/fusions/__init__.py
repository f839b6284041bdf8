"""Provide fusions: tokens of several modalities to one embedding."""

from mpcl_core.plugin import Component, hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_plugins.fusions.concat import Concat
    from mpcl_plugins.fusions.cross_attention import CrossAttention
    from mpcl_plugins.fusions.early_fusion import EarlyFusion
    from mpcl_plugins.fusions.helo import HeLo
    from mpcl_plugins.fusions.linear_msaf import LinearMSAF
    from mpcl_plugins.fusions.mean import Mean
    from mpcl_plugins.fusions.msaf import MSAF
    from mpcl_plugins.fusions.temporal_msaf import TemporalMSAF
    from mpcl_plugins.fusions.tensor_fusion import TensorFusion
    from mpcl_plugins.fusions.transformer import Transformer

    return [Concat, CrossAttention, EarlyFusion, HeLo, LinearMSAF, Mean, MSAF, TemporalMSAF, TensorFusion, Transformer]
