"""Define the slot of fusions, which join the tokens of a stream into one embedding."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from jaxtyping import Bool, Float
from torch import Tensor

from mpcl_core.interfaces.components.network_component import NetworkComponent
from mpcl_core.interfaces.data import Modality


class Fusion(NetworkComponent):
    """Join the tokens of a stream's modalities into one embedding.

    Args:
        modalities: the modalities of the stream, in recipe order.
        n_tokens: how many tokens each of them has.
        dim: d.

    Example:
        >>> import torch
        >>> from mpcl_core.plugin import Fusion, Modality
        >>> class FirstModality(Fusion):
        ...     name = "first_modality"
        ...
        ...     def forward(self, tokens, present):
        ...         first = self.modalities[0].name
        ...         return tokens[first].mean(1) * present[first].unsqueeze(-1)
        >>> fusion = FirstModality(modalities=[Modality("eeg", 3)], n_tokens=[5], dim=8)
        >>> fusion({"eeg": torch.zeros(2, 5, 8)}, {"eeg": torch.tensor([True, False])}).shape
        torch.Size([2, 8])
    """

    slot: ClassVar[str] = "fusion"

    def __init__(self, *, modalities: Sequence[Modality], n_tokens: Sequence[int], dim: int) -> None:
        super().__init__()
        self.modalities, self.n_tokens, self.dim = tuple(modalities), tuple(n_tokens), dim

    @abstractmethod
    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        """Fuse the tokens of a batch of windows.

        Args:
            tokens: modality name -> tokens.
            present: modality name -> whether a window has it. Tokens of an absent modality must have no influence.

        Returns:
            The embedding z (b d).
        """

    def diagnostics(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> dict[str, Tensor]:
        """Return what figures show of the fusion, attention maps for example. Called without gradient.

        Args:
            tokens: as in `forward`.
            present: as in `forward`.

        Returns:
            Name -> tensor; empty by default.
        """
        return {}
