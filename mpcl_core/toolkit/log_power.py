"""φ_f = log(mean_t (w_f ∗ x_c)² + ε): the log power of each channel in f learned frequency bands."""

from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear

from mpcl_core.interfaces.data import Modality


class LogPower(nn.Module):
    """Compute the log power of each channel behind each of f learned filters: (b c t) -> (b c f).

    The filters are shared by all channels and stride over a quarter of their length.

    Args:
        filters: f, the number of filters.
        kernel: their length in samples.

    Example:
        >>> import torch
        >>> LogPower(filters=4, kernel=8)(torch.randn(2, 3, 64)).shape
        torch.Size([2, 3, 4])
    """

    def __init__(self, filters: int, kernel: int) -> None:
        super().__init__()
        self.convolve = nn.Conv1d(1, filters, kernel, stride=max(1, kernel // 4), bias=False)

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b c f"]:
        """Compute the log power of a batch.

        Args:
            x: signals; T samples at least ``kernel``.

        Returns:
            The log power of each channel behind each filter.
        """
        windows = x.unfold(-1, *self.convolve.kernel_size, *self.convolve.stride)
        filtered = linear(rearrange(windows, "b c s w -> (b c) s w"), self.convolve.weight.flatten(1))
        power = (filtered.square().sum(-2) / filtered.shape[-2] + 1e-4).log()
        return rearrange(power, "(b c) f -> b c f", c=x.shape[1])


def make_channel_features(modality: Modality, filters: int, kernel: float) -> tuple[nn.Module, int]:
    """Make the module that describes each channel by features.

    Args:
        modality: the modality; precomputed features (``sfreq`` None) are used as they are.
        filters: number of learned filters, on sampled signals.
        kernel: their length in seconds, on sampled signals.

    Returns:
        A module (b c t) -> (b c f), and f.

    Raises:
        ValueError: the filters are longer than the window.

    Example:
        >>> features, width = make_channel_features(Modality("eeg", 32, 512, 128.0), filters=16, kernel=0.5)
        >>> width
        16
        >>> make_channel_features(Modality("gsr", 1, 6), filters=16, kernel=0.5)
        (Identity(), 6)
    """
    n_times = modality.n_times or 1
    if modality.sfreq is None:
        return nn.Identity(), n_times
    samples = max(1, round(kernel * modality.sfreq))
    if samples > n_times:
        raise ValueError(f"kernel {kernel:g} s is {samples} samples, but a window has {n_times}")
    return LogPower(filters, samples), filters
