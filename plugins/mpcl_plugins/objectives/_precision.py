"""Logits in float32, also where the network runs in a mixed precision."""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor


def full_precision(tensor: Tensor) -> AbstractContextManager[object]:
    """In it, no product of tensors on this one's device is rounded to half precision."""
    device = tensor.device.type
    return torch.autocast(device, enabled=False) if torch.amp.is_autocast_available(device) else nullcontext()


def at_least_float32(x: Tensor) -> Tensor:
    """The tensor in float32, or as it is where it is more exact."""
    return x.to(torch.promote_types(x.dtype, torch.float32))
