"""Provide the losses of MPCL for plain torch: three functions on tensors.

Example:
    >>> import torch
    >>> from mpcl_core.losses import kl, pcl, prd
    >>> x, y, M, logits = torch.randn(8, 16), torch.randn(8, 16), torch.randn(10, 1, 16), torch.zeros(8, 10)
    >>> D = torch.full((8, 10), 0.1)
    >>> loss = kl(D, logits) + 0.01 * prd(x, y, M, M) + 0.01 * pcl(x, y)
    >>> loss.shape
    torch.Size([])
"""

from mpcl_core.toolkit.losses import kl, pcl, prd

__all__ = ["kl", "pcl", "prd"]
