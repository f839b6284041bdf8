"""Centre embeddings over a batch: without the large part that they share, cosines say which of them are alike."""

import torch
from jaxtyping import Float
from torch import Tensor

from mpcl_core.plugin import at_least_float32


def centred(z: Float[Tensor, "b d"], weight: Float[Tensor, "b"]) -> Float[Tensor, "b d"]:
    """Subtract the weighted mean of the batch from its embeddings.

    Args:
        z: the embeddings.
        weight: what each counts in the mean.

    Returns:
        (b, d), at least in float32; unchanged where no window counts.
    """
    z = at_least_float32(z)
    share = weight / weight.sum().clamp(min=torch.finfo(weight.dtype).tiny)
    return z - (share.unsqueeze(-1) * z).sum(0)
