"""Heads over two streams with a memory."""

from typing import Any, TypeVar

import torch

from mpcl_core.interfaces.components import Head
from mpcl_core.interfaces.data import StreamInfo
from support.states import D, K

H = TypeVar("H", bound=Head)

STREAMS = ("physiological", "behavioural")


def head_of(cls: type[H], **parameters: Any) -> H:
    """Build a head in evaluation mode.

    Args:
        cls: its class.
        parameters: those of the recipe.

    Returns:
        The head.
    """
    torch.manual_seed(0)
    streams = tuple(StreamInfo(name, True) for name in STREAMS)
    return cls(streams=streams, n_outputs=K, dim=D, valence=None, **parameters).eval()
