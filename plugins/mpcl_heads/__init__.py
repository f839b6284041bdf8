"""Embeddings -> emotion distribution."""

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.hooks import hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_heads.episodic_mix import EpisodicMix
    from mpcl_heads.expected_label import ExpectedLabel
    from mpcl_heads.hsc import HSC
    from mpcl_heads.linear import Linear
    from mpcl_heads.personal_prior import PersonalPrior

    return [EpisodicMix, ExpectedLabel, HSC, Linear, PersonalPrior]
