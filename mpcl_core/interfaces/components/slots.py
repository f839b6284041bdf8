"""List the slots by name."""

from mpcl_core.interfaces.components.component import Component
from mpcl_core.interfaces.components.encoder import Encoder
from mpcl_core.interfaces.components.estimator import Estimator
from mpcl_core.interfaces.components.fusion import Fusion
from mpcl_core.interfaces.components.head import Head
from mpcl_core.interfaces.components.memory import Memory
from mpcl_core.interfaces.components.objective import Objective
from mpcl_core.interfaces.components.protocol import Protocol
from mpcl_core.interfaces.components.retrieval import Retrieval
from mpcl_core.interfaces.components.source import Source
from mpcl_core.interfaces.components.transform import Transform

SLOTS: dict[str, type[Component]] = {
    cls.slot: cls
    for cls in (Encoder, Fusion, Memory, Retrieval, Objective, Head, Source, Transform, Protocol, Estimator)
}
"""Slot name -> its base class."""
