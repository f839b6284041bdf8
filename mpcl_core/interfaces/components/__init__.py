"""Define the slots: for each kind of component its base class, with what it receives and what it must return.

What a slot's constructor names, the engine supplies; what your constructor adds, the recipe supplies, checked
against its annotation. A parameter annotated with a slot (``retrieval: Retrieval``) is a block of its own in the
recipe. Name every parameter; ``**kwargs`` is refused. A constructor refuses a value with ``ValueError``, and the
engine adds the place in the recipe.

Windows do not mix in network components: the prediction of a window never depends on the other windows of the batch.
An absent modality (``present`` false) has no influence.

The slots of the network are classes of torch, and imported when they are first used: reading results does not import
torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from mpcl_core.interfaces.components.component import Component, Needs
from mpcl_core.interfaces.components.engine_parameters import supplied_by_engine
from mpcl_core.interfaces.components.estimator import Estimator
from mpcl_core.interfaces.components.fitted_state import FittedComponent, FittedValues, StateValue
from mpcl_core.interfaces.components.fitted_transform import FittedTransform
from mpcl_core.interfaces.components.mergeable_transform import AffineMap, MergeableTransform, Statistics
from mpcl_core.interfaces.components.protocol import Protocol
from mpcl_core.interfaces.components.recording_transform import RecordingTransform
from mpcl_core.interfaces.components.source import Source
from mpcl_core.interfaces.components.subject_transform import SubjectTransform
from mpcl_core.interfaces.components.transform import Transform
from mpcl_core.interfaces.components.window_transform import WindowTransform
from mpcl_core.interfaces.components.windowing import Windowing, WindowSchedule

if TYPE_CHECKING:
    from mpcl_core.interfaces.components.encoder import Encoder
    from mpcl_core.interfaces.components.fusion import Fusion
    from mpcl_core.interfaces.components.head import Head
    from mpcl_core.interfaces.components.memory import Memory
    from mpcl_core.interfaces.components.network_component import NetworkComponent
    from mpcl_core.interfaces.components.objective import Objective
    from mpcl_core.interfaces.components.retrieval import Retrieval
    from mpcl_core.interfaces.components.slots import SLOTS
    from mpcl_core.interfaces.components.transform_module import TransformModule

__all__ = [
    "SLOTS",
    "AffineMap",
    "Component",
    "Encoder",
    "Estimator",
    "FittedComponent",
    "FittedTransform",
    "FittedValues",
    "Fusion",
    "Head",
    "Memory",
    "MergeableTransform",
    "Needs",
    "NetworkComponent",
    "Objective",
    "Protocol",
    "RecordingTransform",
    "Retrieval",
    "Source",
    "StateValue",
    "Statistics",
    "SubjectTransform",
    "Transform",
    "TransformModule",
    "WindowSchedule",
    "WindowTransform",
    "Windowing",
    "supplied_by_engine",
]

_OF_TORCH = {
    "Encoder": "encoder",
    "Fusion": "fusion",
    "Head": "head",
    "Memory": "memory",
    "NetworkComponent": "network_component",
    "Objective": "objective",
    "Retrieval": "retrieval",
    "SLOTS": "slots",
    "TransformModule": "transform_module",
}
"""Name -> the module of this package that defines it, and imports torch."""


def __getattr__(name: str) -> object:
    """Import what needs torch when it is first used.

    Args:
        name: the name.

    Returns:
        The class, mapping or function.

    Raises:
        AttributeError: there is no such name.
    """
    if name not in _OF_TORCH:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = getattr(import_module(f"{__name__}.{_OF_TORCH[name]}"), name)
    return globals()[name]
