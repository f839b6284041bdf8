"""Tokens of three modalities, and the fusions that join them."""

from typing import Any, TypeVar

import torch
from torch import Tensor

from mpcl_core.interfaces.components import Fusion
from mpcl_core.interfaces.data import Modality

F = TypeVar("F", bound=Fusion)

D = 8
COUNTS = {"eeg": 3, "ppg": 2, "face": 4}
"""Modality -> number of tokens."""


def fusion_of(cls: type[F], **parameters: Any) -> F:
    """Build a fusion of the three modalities in evaluation mode.

    Args:
        cls: its class.
        parameters: those of the recipe.

    Returns:
        The fusion.
    """
    torch.manual_seed(0)
    modalities = tuple(Modality(name, 1, 1) for name in COUNTS)
    return cls(modalities=modalities, n_tokens=tuple(COUNTS.values()), dim=D, **parameters).eval()


def tokens(b: int = 4) -> dict[str, Tensor]:
    """Draw tokens (b n d) of each modality.

    Args:
        b: number of windows.

    Returns:
        Modality name -> tokens.
    """
    generator = torch.Generator().manual_seed(1)
    return {name: torch.randn(b, n, D, generator=generator) for name, n in COUNTS.items()}


def partly_present() -> dict[str, Tensor]:
    """Return presence for four windows: all modalities, then one of them missing in each.

    Returns:
        Modality name -> presence (4).
    """
    return {name: torch.arange(4) != i for i, name in enumerate(COUNTS, 1)}


def all_present() -> dict[str, Tensor]:
    """Return presence of every modality in four windows.

    Returns:
        Modality name -> presence (4).
    """
    return {name: torch.ones(4, dtype=torch.bool) for name in COUNTS}
