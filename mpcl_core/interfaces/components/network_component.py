"""State what all components of the network share."""

from abc import ABC
from collections.abc import Mapping
from typing import ClassVar

from jaxtyping import Float, Int64
from torch import Tensor, nn

from mpcl_core.interfaces.components.component import Component


class NetworkComponent(Component, nn.Module, ABC):
    """Provide what all components of the network share.

    ``stackable``: copies can be trained as one batched model under ``torch.func.vmap``.
    ``padded_buffers``: names of buffers whose first axes may differ between such copies; the shorter ones are padded
    with their last entry, which must make no difference. Copies whose other buffers differ are trained one by one.
    ``mixes_samples``: a prediction depends on the other windows of its batch (the report states it).
    """

    stackable: ClassVar[bool] = True
    padded_buffers: ClassVar[tuple[str, ...]] = ()
    mixes_samples: ClassVar[bool] = False

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        """Fill buffers from the training labels. Called once per job, before the first step.

        Args:
            D: emotion distributions of the training windows.
            weight: what each of them counts; 0 for padding.
        """

    def observe_situations(self, D: Float[Tensor, "n k"], situations: Mapping[str, Int64[Tensor, "n"]]) -> None:
        """Learn which training windows share a situation. Called once per job, after `observe`.

        Situations are never known at test, so a component must recognise them by its embeddings.

        Args:
            D: emotion distributions of the training windows.
            situations: ``condition`` and ``stimulus``, where the study names them -> the number of the situation of
                each window; equal numbers are equal situations.
        """
