"""One token a channel: H_c = W φ(x_c) + E_c, with the same φ for every channel and E_c a learned channel embedding.

On features φ is the identity. On a sampled signal φ_f = log(mean_t (w_f ∗ x_c)² + ε), the log power of learned
band filters w_f, which is what EEG carries its message in (Schirrmeister et al., Human Brain Mapping 2017, eq. of
the shallow network). The filters stride over a quarter of their length.
"""

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear

from mpcl_core.plugin import Count, Encoder, Modality, Positive


class LogPower(nn.Module):
    """(b c t) -> (b c f): log power of each channel behind each of f learned filters."""

    def __init__(self, filters: int, kernel: int) -> None:
        super().__init__()
        self.convolve = nn.Conv1d(1, filters, kernel, stride=max(1, kernel // 4), bias=False)

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c f"]:
        windows = x.unfold(-1, *self.convolve.kernel_size, *self.convolve.stride)
        filtered = linear(rearrange(windows, "b c s w -> (b c) s w"), self.convolve.weight.flatten(1))
        power = torch.log(filtered.square().sum(-2) / filtered.shape[-2] + 1e-4)
        return rearrange(power, "(b c) f -> b c f", c=x.shape[1])


class ChannelTokens(Encoder):
    """One token for each channel.

    Args:
        filters: number of learned band filters, on sampled signals.
        kernel: their length in seconds, on sampled signals; no longer than the window.

    Raises:
        ValueError: the filters are longer than the window.
    """

    name = "channel_tokens"

    def __init__(self, *, modality: Modality, dim: int, filters: Count = 16, kernel: Positive = 0.5) -> None:
        super().__init__(modality=modality, dim=dim)
        self.n_tokens = modality.n_chans
        n_times = modality.n_times or 1
        self.features: nn.Module = nn.Identity()
        width = n_times
        if modality.sfreq is not None:
            samples = max(1, round(kernel * modality.sfreq))
            if samples > n_times:
                raise ValueError(f"kernel {kernel:g} s is {samples} samples, but a window has {n_times}")
            self.features = LogPower(filters, samples)
            width = filters
        self.project = nn.Linear(width, dim)
        self.channel = nn.Parameter(torch.randn(modality.n_chans, dim) * dim**-0.5)

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c d"]:
        return linear(self.features(x), self.project.weight) + (self.project.bias + self.channel)
