"""Drop modalities at random: a share of those that are present, but never all of a window.

Each modality of each window draws u ~ U(0, 1) and is dropped if u < rate. Where all modalities of a window would be
dropped, the one with the largest u is kept, so that the dropped share lies a little below the rate (for a window of one
modality it is 0).
"""

from collections.abc import Mapping

import torch
from jaxtyping import Bool
from torch import Tensor


def drop_modalities(
    present: Mapping[str, Bool[Tensor, "b"]], rate: float, generator: torch.Generator
) -> dict[str, Bool[Tensor, "b"]]:
    """Return presence masks from which a random share of the present modalities is removed.

    Args:
        present: modality name -> (b,) whether the window has it.
        rate: the share to remove, 0–1.
        generator: draws on the CPU.

    Returns:
        Modality name -> (b,) the new mask; at least one modality of each window that had any is left.
    """
    before = torch.stack(list(present.values()), dim=-1)
    drawn = torch.rand(before.shape, generator=generator).to(before.device)
    after = before & (drawn >= rate)
    ranked = torch.where(before, drawn, -1.0)
    largest = before & (ranked == ranked.amax(-1, keepdim=True))
    after = torch.where(after.any(-1, keepdim=True), after, largest)
    return dict(zip(present, after.unbind(-1), strict=True))
