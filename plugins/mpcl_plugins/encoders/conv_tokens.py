"""n tokens in time: H_j = W mean_{t in segment j} gelu((w ∗ x)_t) + E_j.

A convolution over all channels, rectified and averaged over n equal segments of the window, so that a signal
other than EEG gives several tokens; E_j is a learned embedding of the segment. The convolution is a product with
unfolded windows: faster on a CPU, and the filters come out in the last axis, where the next layer needs them.
"""

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import gelu, linear

from mpcl_core.plugin import Count, Encoder, Modality, Positive


class ConvTokens(Encoder):
    """Encode a sampled signal as tokens along time.

    Args:
        tokens: n, the number of segments of the window.
        kernel: length of the filters in seconds, at least one sample.

    Raises:
        ValueError: the modality holds features without a sampling rate, or the window is too short for so many tokens.
    """

    name = "conv_tokens"

    def __init__(self, *, modality: Modality, dim: int, tokens: Count = 4, kernel: Positive = 0.5) -> None:
        super().__init__(modality=modality, dim=dim)
        if modality.sfreq is None or modality.n_times is None:
            raise ValueError(f"'{modality.name}' has no sampling rate; use 'linear_tokens' for features")
        samples = max(1, round(kernel * modality.sfreq))
        stride = max(1, samples // 4)
        steps = (modality.n_times - samples) // stride + 1
        if steps < tokens:
            raise ValueError(
                f"a window of {modality.n_times} samples gives {max(steps, 0)} steps of a filter of {samples}, "
                f"too few for {tokens} tokens"
            )
        self.n_tokens, self.n_steps = tokens, steps // tokens * tokens
        self.convolve = nn.Conv1d(modality.n_chans, dim, samples, stride=stride)
        self.project = nn.Linear(dim, dim)
        self.segment = nn.Parameter(torch.randn(tokens, dim) * dim**-0.5)

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b n d"]:
        windows = x.unfold(-1, *self.convolve.kernel_size, *self.convolve.stride)[:, :, : self.n_steps]
        rows = rearrange(windows, "b c (n s) w -> (b n) s (c w)", n=self.n_tokens)
        activity = gelu(linear(rows, self.convolve.weight.flatten(1), self.convolve.bias))
        tokens: Tensor = rearrange(self.project(activity.mean(-2)), "(b n) d -> b n d", n=self.n_tokens)
        return tokens + self.segment
