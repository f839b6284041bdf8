"""Define the form in which a fitted transform takes part in an exported model."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.interfaces.data import Modality


class TransformModule(nn.Module, ABC):
    """Compute a fitted transform with operations of torch, so that it can be exported with the network.

    It computes what the transform computes for windows of a person who is not among ``people``.

    Args:
        inputs: modalities that the transform adds and that an exported model takes as inputs.
        people: the subjects of whom the fitted state holds something; their windows need the transform itself.

    ``takes_one_person``: the windows of a call are all windows of one person, since they are normalised by one another.
    """

    takes_one_person: ClassVar[bool] = False

    def __init__(self, inputs: tuple[Modality, ...] = (), people: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.inputs, self.people = inputs, people

    @abstractmethod
    def forward(
        self, X: Mapping[str, Float[Tensor, "b _ _"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> dict[str, Tensor]:
        """Transform a batch of windows.

        Args:
            X: modality name -> values, 0 where the modality is absent.
            present: modality name -> which windows have it.

        Returns:
            Modality name -> new values; those of absent modalities are set to 0 afterwards.
        """
