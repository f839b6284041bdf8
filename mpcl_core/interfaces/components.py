"""The slots: what a component of each kind is given and what it must answer.

What a slot's constructor names, the engine supplies; what your constructor adds, the recipe supplies, checked
against its annotation. A parameter annotated with a slot (``retrieval: Retrieval``) is a block of its own in the
recipe. Name every parameter; ``**kwargs`` is refused. A constructor refuses a value with ``ValueError``, and the
recipe's place is added to it.

Network components take rows that do not mix: a sample's prediction never depends on its neighbours in the batch.
An absent modality (``present`` false) has no influence whatever.
"""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import numpy as np
from jaxtyping import Bool, Float, Float64
from torch import Tensor, nn

from mpcl_core.interfaces.data import (
    Batch,
    Fold,
    Modality,
    Recall,
    Recording,
    State,
    StreamInfo,
    StreamState,
    Valence,
    WindowSet,
)


class Component:
    """A class in a slot, with a name by which a recipe picks it (``use: <name>``)."""

    slot: ClassVar[str]
    name: ClassVar[str]


@dataclass(frozen=True)
class Needs:
    """What an objective or a head asks of the network around it.

    Args:
        memories: how many streams must have a memory.
    """

    memories: int = 0


class NetworkComponent(Component, nn.Module, ABC):
    """A component of the network. ``stackable``: copies can be trained together under ``torch.func.vmap``.
    ``mixes_samples``: a prediction depends on its batch neighbours (the report says so).
    """

    stackable: ClassVar[bool] = True
    mixes_samples: ClassVar[bool] = False

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        """Called once per job before the first step with the training labels, to fill buffers."""


class Encoder(NetworkComponent):
    """Turns one modality into tokens.

    Args:
        modality: the modality it encodes, with its channels, samples and rate.
        dim: d, the width of a token.

    Its constructor sets ``n_tokens``, so that a fusion knows how many tokens will come.
    """

    slot: ClassVar[str] = "encoder"
    n_tokens: int

    def __init__(self, *, modality: Modality, dim: int) -> None:
        super().__init__()
        self.modality, self.dim = modality, dim

    @abstractmethod
    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b n d"]:
        """Tokens of the modality."""

    def diagnostics(self, x: Float[Tensor, "b c t"]) -> dict[str, Tensor]:
        """What a picture needs, by name; without gradient."""
        return {}


class Fusion(NetworkComponent):
    """Joins the tokens of a stream's modalities into one embedding.

    Args:
        modalities: the modalities of the stream, in recipe order.
        n_tokens: how many tokens each of them has.
        dim: d.
    """

    slot: ClassVar[str] = "fusion"

    def __init__(self, *, modalities: Sequence[Modality], n_tokens: Sequence[int], dim: int) -> None:
        super().__init__()
        self.modalities, self.n_tokens, self.dim = tuple(modalities), tuple(n_tokens), dim

    @abstractmethod
    def forward(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> Float[Tensor, "b d"]:
        """The embedding z. Tokens of a modality that is not ``present`` in a row have no influence on it."""

    def diagnostics(
        self, tokens: Mapping[str, Float[Tensor, "b _ d"]], present: Mapping[str, Bool[Tensor, "b"]]
    ) -> dict[str, Tensor]:
        """What a picture needs (attention by scale, say), by name; without gradient."""
        return {}


class Memory(NetworkComponent):
    """Keeps prototypes of each emotion and answers an embedding with what it recalls.

    ``prototypes`` (k m d) is a parameter or a buffer registered under that name, or a property made from such.

    Args:
        n_outputs: k.
        dim: d.
    """

    slot: ClassVar[str] = "memory"
    prototypes: Tensor

    def __init__(self, *, n_outputs: int, dim: int) -> None:
        super().__init__()
        self.n_outputs, self.dim = n_outputs, dim

    @abstractmethod
    def forward(self, z: Float[Tensor, "b d"]) -> Recall:
        """The semantics-enriched representation (b d) and the prototype weights (b k m), which sum to 1."""

    def updated(
        self, z: Float[Tensor, "b d"], D: Float[Tensor, "b k"], weight: Float[Tensor, "b"]
    ) -> dict[str, Tensor]:
        """The new values of its buffers, by name, after these training rows; empty where it stores nothing.

        Called after each training step without gradient, never with a test row. The engine keeps the answer; rows
        of weight 0 leave no trace.
        """
        return {}

    def diagnostics(self, z: Float[Tensor, "b d"]) -> dict[str, Tensor]:
        """What a picture needs (assignments, say), by name; without gradient."""
        return {}


class Retrieval(NetworkComponent):
    """Reads stored patterns with a query.

    Args:
        dim: d.
    """

    slot: ClassVar[str] = "retrieval"

    def __init__(self, *, dim: int) -> None:
        super().__init__()
        self.dim = dim

    @abstractmethod
    def forward(
        self,
        query: Float[Tensor, "*h q d"],
        stored: Float[Tensor, "*h s d"],
        mask: Bool[Tensor, "*h s"] | None = None,
    ) -> Float[Tensor, "*h q d"]:
        """What each query retrieves. Patterns where ``mask`` is false do not exist; 0 where none does."""

    def diagnostics(
        self,
        query: Float[Tensor, "*h q d"],
        stored: Float[Tensor, "*h s d"],
        mask: Bool[Tensor, "*h s"] | None = None,
    ) -> dict[str, Tensor]:
        """What a picture needs (attention, say), by name; without gradient."""
        return {}


class Objective(NetworkComponent):
    """A term of the loss. Its ``weight`` in the recipe belongs to the engine.

    Args:
        n_outputs: k.
        dim: d.
    """

    slot: ClassVar[str] = "objective"
    needs: ClassVar[Needs] = Needs()

    def __init__(self, *, n_outputs: int, dim: int) -> None:
        super().__init__()
        self.n_outputs, self.dim = n_outputs, dim

    @abstractmethod
    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        """A mean over rows weighted by ``batch.weight``; rows of weight 0 are no negatives either."""

    def diagnostics(self, state: State, batch: Batch) -> dict[str, Tensor]:
        """What a picture needs (the attention of a retrieval, say), by name; without gradient."""
        return {}


class Head(NetworkComponent):
    """Predicts the distribution.

    Args:
        streams: the streams in recipe order.
        n_outputs: k.
        dim: d.
        valence: disjoint groups of label indices (pleasant, unpleasant); None where the source states none.
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
        """Logits (their softmax is the prediction) and whatever an objective may want, by name."""

    def diagnostics(self, streams: Mapping[str, StreamState]) -> dict[str, Tensor]:
        """What a picture needs, by name; without gradient."""
        return {}


class Source(Component, ABC):
    """Where recordings or windows come from. ``modalities`` and ``labels`` are known before loading.

    ``simulated`` sources say so, and so does everything that shows their numbers.
    """

    slot: ClassVar[str] = "source"
    simulated: ClassVar[bool] = False

    @property
    @abstractmethod
    def modalities(self) -> tuple[Modality, ...]:
        """What it brings. ``n_times`` is None where it brings recordings.

        Raises:
            DataError: a file it must look into is missing or broken.
        """

    @property
    @abstractmethod
    def labels(self) -> tuple[str, ...]:
        """The names of the k emotions."""

    @property
    def valence(self) -> Valence | None:
        """Which labels are pleasant and unpleasant, if that is known."""
        return None

    @property
    def notes(self) -> tuple[str, ...]:
        """Lines that a reader of the numbers should see: what was left out, imputed or derived, and how many.

        Raises:
            DataError: a file it must look into is missing or broken.
        """
        return ()

    @property
    def files(self) -> tuple[Path, ...]:
        """What it reads beside the files and folders that its parameters of type ``Path`` are: those that a manifest
        names, say. Its prepared rows are kept for as long as all of them stay the same.

        Raises:
            DataError: a file it must look into is missing or broken.
        """
        return ()

    @property
    def continuous(self) -> bool:
        """Whether it brings recordings, which a ``window`` transform must cut."""
        return any(modality.n_times is None for modality in self.modalities)

    @abstractmethod
    def load(self) -> Iterator[Recording] | WindowSet:
        """Recordings one at a time, or a window set where the files hold windows or features.

        Raises:
            DataError: naming file, field and row.
        """


class Transform(Component, ABC):
    """Base of the four kinds of transform; take one of them."""

    slot: ClassVar[str] = "transform"

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """What the modalities become, from their metadata alone."""
        return modalities


class RecordingTransform(Transform):
    """Stateless, a recording at a time (``prepare``): filters, resampling …"""

    @abstractmethod
    def transform(self, recording: Recording) -> Recording:
        """The changed recording; the given one is left as it is."""


class Windowing(Transform):
    """Cuts a recording into windows (``prepare``, exactly one where the source brings recordings)."""

    @abstractmethod
    def transform(
        self,
        recording: Recording,
        modalities: tuple[Modality, ...],
        labels: tuple[str, ...],
        valence: Valence | None,
    ) -> WindowSet:
        """The recording's windows, each with the recording's weight / their number. May have no rows."""


class WindowTransform(Transform):
    """Stateless, on windows (``prepare``): features of each window …"""

    @abstractmethod
    def transform(self, windows: WindowSet) -> WindowSet:
        """The changed windows; a row depends on that row alone."""


class FittedTransform(Transform):
    """Learns from a fold's fitting rows (``transforms``). ``transductive`` says that it also looks at the signals
    of the rows it is applied to (never at their labels).
    """

    @property
    def transductive(self) -> bool:
        """Whether the result for a test row depends on other test rows."""
        return False

    @abstractmethod
    def fit(self, windows: WindowSet) -> "FittedTransform":
        """Learn from these rows; they are the fold's fitting rows, never a test row."""

    @abstractmethod
    def transform(self, windows: WindowSet) -> WindowSet:
        """The changed windows."""

    def fit_transform(self, windows: WindowSet) -> WindowSet:
        """`fit`, then `transform` of the same rows; to be overridden where that would do something twice."""
        return self.fit(windows).transform(windows)


class Protocol(Component, ABC):
    """Splits the rows into folds. Its folds depend on the rows' columns and its own seed alone."""

    slot: ClassVar[str] = "protocol"

    @abstractmethod
    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """The folds.

        Raises:
            DataError: these rows cannot be split so (one subject for ``loso``, no trials for ``trial_heldout``).
        """


class Estimator(Component, ABC):
    """A model that is not a network: mean, k-NN, ridge …"""

    slot: ClassVar[str] = "estimator"

    @abstractmethod
    def fit(self, windows: WindowSet) -> "Estimator":
        """Learn from the fold's fitting rows (training and validation)."""

    @abstractmethod
    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Distributions, rows on the simplex."""


SLOTS: dict[str, type[Component]] = {
    cls.slot: cls
    for cls in (Encoder, Fusion, Memory, Retrieval, Objective, Head, Source, Transform, Protocol, Estimator)
}
"""Slot name -> its class."""


@lru_cache
def supplied_by_engine(slot: str) -> tuple[str, ...]:
    """The parameters that the constructor of a slot's class names."""
    return tuple(inspect.signature(SLOTS[slot]).parameters)
