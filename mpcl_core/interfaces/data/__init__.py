"""Define the data that pass between the slots.

Letters in the shapes: b batch, c channels, t time, n tokens, d width, k emotions, m prototypes per emotion,
N windows of a study, T samples of a recording.
"""

from mpcl_core.interfaces.data.array_checks import check_distributions, check_weight, scale_weight
from mpcl_core.interfaces.data.fold import Fold, Job
from mpcl_core.interfaces.data.modality import Modality, StreamInfo, Valence
from mpcl_core.interfaces.data.recording import Recording, RecordingOverlap, Signal, SignalClock
from mpcl_core.interfaces.data.state import Batch, Recall, State, StreamState
from mpcl_core.interfaces.data.window_set import TEXT_COLUMNS, UNKNOWN, WINDOW_COLUMNS, WindowSet, concatenate

__all__ = [
    "TEXT_COLUMNS",
    "UNKNOWN",
    "WINDOW_COLUMNS",
    "Batch",
    "Fold",
    "Job",
    "Modality",
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
