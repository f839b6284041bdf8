"""Tokens of several modalities -> one embedding."""

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.hooks import hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_fusion.concat import Concat
    from mpcl_fusion.mean import Mean
    from mpcl_fusion.msaf import MSAF

    return [Concat, Mean, MSAF]
