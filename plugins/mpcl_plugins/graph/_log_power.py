"""φ_f = log(mean_t (w_f ∗ x_c)² + ε): what `channel_tokens` makes of a sampled signal before it projects it.

Here because plugins do not import each other, and the same because a swap is to change the graph alone.
"""

from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear

from mpcl_core.plugin import Modality


class LogPower(nn.Module):
    """(b c t) -> (b c f): log power of each channel behind each of f learned filters."""

    def __init__(self, filters: int, kernel: int) -> None:
        super().__init__()
        self.convolve = nn.Conv1d(1, filters, kernel, stride=max(1, kernel // 4), bias=False)

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c f"]:
        windows = x.unfold(-1, *self.convolve.kernel_size, *self.convolve.stride)
        filtered = linear(rearrange(windows, "b c s w -> (b c) s w"), self.convolve.weight.flatten(1))
        power = (filtered.square().sum(-2) / filtered.shape[-2] + 1e-4).log()
        return rearrange(power, "(b c) f -> b c f", c=x.shape[1])


def channel_features(modality: Modality, filters: int, kernel: float) -> tuple[nn.Module, int]:
    """What makes features of each channel, and how many: those that are given, or the log power of a signal.

    Raises:
        ValueError: the filters are longer than the window.
    """
    n_times = modality.n_times or 1
    if modality.sfreq is None:
        return nn.Identity(), n_times
    samples = max(1, round(kernel * modality.sfreq))
    if samples > n_times:
        raise ValueError(f"kernel {kernel:g} s is {samples} samples, but a window has {n_times}")
    return LogPower(filters, samples), filters
