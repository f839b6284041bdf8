"""Which modalities go missing at random: a share of those that are there, and never all of a row's.

Each modality of each row draws u ~ U(0, 1) and goes if u < rate. Where all of a row's would go, the one with the
largest u stays, so that the share that goes lies a little below the rate (for a row of one modality it is 0).
"""

from collections.abc import Mapping

import torch
from jaxtyping import Bool
from torch import Tensor


def without_some(
    present: Mapping[str, Bool[Tensor, "b"]], rate: float, generator: torch.Generator
) -> dict[str, Bool[Tensor, "b"]]:
    """Other masks of presence, in which some of what is there is not.

    Args:
        present: modality name -> (b,).
        rate: the share that goes.
        generator: draws it, on the CPU.
    """
    there = torch.stack(list(present.values()), dim=-1)
    drawn = torch.rand(there.shape, generator=generator).to(there.device)
    kept = there & (drawn >= rate)
    last = torch.where(there, drawn, -1.0)
    last_one = there & (last == last.amax(-1, keepdim=True))
    kept = torch.where(kept.any(-1, keepdim=True), kept, last_one)
    return dict(zip(present, kept.unbind(-1), strict=True))
