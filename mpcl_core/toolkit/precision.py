"""Keep losses in float32, also where the network runs in mixed precision."""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor


def full_precision(tensor: Tensor) -> AbstractContextManager[object]:
    """Switch off automatic mixed precision on the device of a tensor.

    Args:
        tensor: any tensor on the device.

    Returns:
        A context in which no matrix product is rounded to half precision.

    Example:
        >>> x = torch.ones(2, 2)
        >>> with torch.autocast("cpu"), full_precision(x):
        ...     (x @ x).dtype
        torch.float32
    """
    device = tensor.device.type
    is_mixed = torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device)
    return torch.autocast(device, enabled=False) if is_mixed else nullcontext()


def at_least_float32(x: Tensor) -> Tensor:
    """Convert a tensor to float32 unless it is more exact already.

    Args:
        x: of any floating dtype.

    Returns:
        The tensor in float32 or float64.

    Example:
        >>> at_least_float32(torch.ones(1, dtype=torch.float16)).dtype
        torch.float32
    """
    return x if x.dtype in (torch.float32, torch.float64) else x.to(torch.float32)
