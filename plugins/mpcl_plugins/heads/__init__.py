"""Provide heads: embeddings to an emotion distribution."""

from mpcl_core.plugin import Component, hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_plugins.heads.dirichlet import Dirichlet
    from mpcl_plugins.heads.emotion_dict import EmotionDict
    from mpcl_plugins.heads.episodic_mix import EpisodicMix
    from mpcl_plugins.heads.expected_label import ExpectedLabel
    from mpcl_plugins.heads.hierarchical_linear import HierarchicalLinear
    from mpcl_plugins.heads.hsc import HSC
    from mpcl_plugins.heads.label_attention import LabelAttention
    from mpcl_plugins.heads.late_fusion import LateFusion
    from mpcl_plugins.heads.linear import Linear
    from mpcl_plugins.heads.personal_prior import PersonalPrior
    from mpcl_plugins.heads.recall_prior import RecallPrior

    return [
        Dirichlet,
        EmotionDict,
        EpisodicMix,
        ExpectedLabel,
        HierarchicalLinear,
        HSC,
        LabelAttention,
        LateFusion,
        Linear,
        PersonalPrior,
        RecallPrior,
    ]
