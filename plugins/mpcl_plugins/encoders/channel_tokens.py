"""One token a channel: H_c = W φ(x_c) + E_c, with the same φ for every channel and E_c a learned channel embedding.

On features φ is the identity. On a sampled signal φ_f = log(mean_t (w_f ∗ x_c)² + ε), the log power of learned
band filters w_f, which is where EEG carries its information (Schirrmeister et al., Human Brain Mapping 2017, eq. of
the shallow network). The filters stride over a quarter of their length.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import Count, Encoder, Modality, Positive, make_channel_features


class ChannelTokens(Encoder):
    """Encode each channel as one token.

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
        self.features, width = make_channel_features(modality, filters, kernel)
        self.project = nn.Linear(width, dim)
        self.channel = nn.Parameter(torch.randn(modality.n_chans, dim) * dim**-0.5)

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c d"]:
        weight = self.project.weight.mT.contiguous()  # the gradient of few features takes a fifth of the time
        tokens: Tensor = self.features(x) @ weight + (self.project.bias + self.channel)
        return tokens
