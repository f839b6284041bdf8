"""Define the data that pass between the slots.

Letters in the shapes: b batch, c channels, t time, n tokens, d width, k emotions, m prototypes per emotion,
N windows of a study, T samples of a recording.

What a network computes is made of tensors, and imported when it is first used: reading windows does not import torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from mpcl_core.interfaces.data.array_checks import check_distributions, check_weight, scale_weight
from mpcl_core.interfaces.data.fold import Fold, Job
from mpcl_core.interfaces.data.modality import Modality, StreamInfo, Valence
from mpcl_core.interfaces.data.questionnaires import Questionnaires, RatedStretch
from mpcl_core.interfaces.data.recording import Recording, RecordingOverlap, Signal, SignalClock
from mpcl_core.interfaces.data.window_set import TEXT_COLUMNS, UNKNOWN, WINDOW_COLUMNS, WindowSet, concatenate

if TYPE_CHECKING:
    from mpcl_core.interfaces.data.state import Batch, Recall, State, StreamState

__all__ = [
    "TEXT_COLUMNS",
    "UNKNOWN",
    "WINDOW_COLUMNS",
    "Batch",
    "Fold",
    "Job",
    "Modality",
    "Questionnaires",
    "RatedStretch",
    "Recall",
    "Recording",
    "RecordingOverlap",
    "Signal",
    "SignalClock",
    "State",
    "StreamInfo",
    "StreamState",
    "Valence",
    "WindowSet",
    "check_distributions",
    "check_weight",
    "concatenate",
    "scale_weight",
]

_OF_TENSORS = ("Batch", "Recall", "State", "StreamState")


def __getattr__(name: str) -> object:
    """Import what is made of tensors when it is first used.

    Args:
        name: the name.

    Returns:
        The class.

    Raises:
        AttributeError: there is no such name.
    """
    if name not in _OF_TENSORS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = getattr(import_module("mpcl_core.interfaces.data.state"), name)
    return globals()[name]
