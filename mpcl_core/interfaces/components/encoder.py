"""Define the slot of encoders, which turn one modality into tokens."""

from abc import abstractmethod
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from mpcl_core.interfaces.components.network_component import NetworkComponent
from mpcl_core.interfaces.data import Modality


class Encoder(NetworkComponent):
    """Encode one modality as tokens.

    The constructor sets ``n_tokens``, the number of tokens, which the fusion of the stream receives.

    Args:
        modality: the modality, with its channels, samples and rate.
        dim: d, the width of a token.

    Example:
        >>> import torch
        >>> from torch import nn
        >>> from mpcl_core.plugin import Encoder, Modality
        >>> class ChannelMeans(Encoder):
        ...     name = "channel_means"
        ...
        ...     def __init__(self, *, modality: Modality, dim: int) -> None:
        ...         super().__init__(modality=modality, dim=dim)
        ...         self.n_tokens, self.project = 1, nn.Linear(modality.n_chans, dim)
        ...
        ...     def forward(self, x):
        ...         return self.project(x.mean(-1)).unsqueeze(1)
        >>> encoder = ChannelMeans(modality=Modality("eeg", n_chans=3, n_times=128, sfreq=64.0), dim=8)
        >>> encoder(torch.zeros(2, 3, 128)).shape
        torch.Size([2, 1, 8])
    """

    slot: ClassVar[str] = "encoder"
    n_tokens: int

    def __init__(self, *, modality: Modality, dim: int) -> None:
        super().__init__()
        self.modality, self.dim = modality, dim

    @abstractmethod
    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b n d"]:
        """Encode the modality of a batch of windows.

        Args:
            x: channels and samples, in the modality's unit; 0 where it is absent.

        Returns:
            Tokens (b n d), with n = ``n_tokens``.
        """

    def diagnostics(self, x: Float[Tensor, "b c t"]) -> dict[str, Tensor]:
        """Return what figures show of the encoder. Called without gradient.

        Args:
            x: as in `forward`.

        Returns:
            Name -> tensor; empty by default.
        """
        return {}
