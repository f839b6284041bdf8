"""Define the slot of heads, which predict the emotion distribution from the streams."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from mpcl_core.interfaces.components.component import Needs
from mpcl_core.interfaces.components.network_component import NetworkComponent
from mpcl_core.interfaces.data import StreamInfo, StreamState


class Head(NetworkComponent):
    """Predict the emotion distribution from the states of the streams.

    Args:
        streams: the streams in recipe order.
        n_outputs: k.
        dim: d.
        valence: disjoint groups of label indices (pleasant, unpleasant); None where the source states none.

    Example:
        >>> import torch
        >>> from mpcl_core.plugin import Head, StreamInfo, StreamState
        >>> class Uniform(Head):
        ...     name = "uniform"
        ...
        ...     def forward(self, streams):
        ...         n = len(next(iter(streams.values())).z)
        ...         return torch.zeros(n, self.n_outputs), {}
        >>> head = Uniform(streams=[StreamInfo("physiological", memory=False)], n_outputs=4, dim=8, valence=None)
        >>> state = StreamState(tokens={}, z=torch.zeros(2, 8), present=torch.ones(2, dtype=torch.bool))
        >>> head({"physiological": state})[0].softmax(-1)[0]
        tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """

    slot: ClassVar[str] = "head"
    needs: ClassVar[Needs] = Needs()

    def __init__(
        self,
        *,
        streams: Sequence[StreamInfo],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
    ) -> None:
        super().__init__()
        self.streams, self.n_outputs, self.dim, self.valence = tuple(streams), n_outputs, dim, valence

    @abstractmethod
    def forward(self, streams: Mapping[str, StreamState]) -> tuple[Float[Tensor, "b k"], dict[str, Tensor]]:
        """Predict a batch of windows.

        Args:
            streams: stream name -> its state.

        Returns:
            Logits (b k), whose softmax is the prediction, and by name whatever an objective may use.
        """

    def diagnostics(self, streams: Mapping[str, StreamState]) -> dict[str, Tensor]:
        """Return what figures show of the head. Called without gradient.

        Args:
            streams: as in `forward`.

        Returns:
            Name -> tensor; empty by default.
        """
        return {}
