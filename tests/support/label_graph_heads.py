"""Build the memory and the heads that use the graph of the labels."""

from typing import Any

import torch

from mpcl_core.interfaces.data import StreamInfo
from mpcl_plugins.graph.prototype_graph import PrototypeGraph
from support.states import D, K

STREAMS = (StreamInfo("physiological", True), StreamInfo("behavioural", True))
VALENCE = ((0, 1, 2), (3, 4))


def memory(**parameters: object) -> PrototypeGraph:
    torch.manual_seed(0)
    return PrototypeGraph(n_outputs=K, dim=D, **parameters)  # type: ignore[arg-type]


def head(cls: type[Any], valence: tuple[tuple[int, ...], ...] | None = VALENCE) -> Any:
    torch.manual_seed(0)
    return cls(streams=STREAMS, n_outputs=K, dim=D, valence=valence)
