"""Define the slots: for each kind of component its base class, with what it receives and what it must return.

What a slot's constructor names, the engine supplies; what your constructor adds, the recipe supplies, checked
against its annotation. A parameter annotated with a slot (``retrieval: Retrieval``) is a block of its own in the
recipe. Name every parameter; ``**kwargs`` is refused. A constructor refuses a value with ``ValueError``, and the
engine adds the place in the recipe.

Windows do not mix in network components: the prediction of a window never depends on the other windows of the batch.
An absent modality (``present`` false) has no influence.
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
    RecordingOverlap,
    State,
    StreamInfo,
    StreamState,
    Valence,
    WindowSet,
)


class Component:
    """Mark a class as a component: it belongs to a slot and has a name by which a recipe picks it.

    ``slot`` is set by the base class of the slot, ``name`` by the component (``use: <name>``).
    """

    slot: ClassVar[str]
    name: ClassVar[str]


@dataclass(frozen=True)
class Needs:
    """State what an objective or a head requires of the network around it.

    Args:
        memories: how many streams must have a memory.
    """

    memories: int = 0


class NetworkComponent(Component, nn.Module, ABC):
    """Provide what all components of the network share.

    ``stackable``: copies can be trained as one batched model under ``torch.func.vmap``.
    ``mixes_samples``: a prediction depends on the other windows of its batch (the report states it).
    """

    stackable: ClassVar[bool] = True
    mixes_samples: ClassVar[bool] = False

    def observe(self, D: Float[Tensor, "n k"], weight: Float[Tensor, "n"]) -> None:
        """Fill buffers from the training labels. Called once per job, before the first step.

        Args:
            D: emotion distributions of the training windows.
            weight: what each of them counts; 0 for padding.
        """


class Encoder(NetworkComponent):
    """Encode one modality as tokens.

    The constructor sets ``n_tokens``, the number of tokens, which the fusion of the stream receives.

    Args:
        modality: the modality, with its channels, samples and rate.
        dim: d, the width of a token.

    Example:
        >>> class ChannelMeans(Encoder):
        ...     name = "channel_means"
        ...
        ...     def __init__(self, *, modality: Modality, dim: int) -> None:
        ...         super().__init__(modality=modality, dim=dim)
        ...         self.n_tokens, self.project = 1, nn.Linear(modality.n_chans, dim)
        ...
        ...     def forward(self, x):
        ...         return self.project(x.mean(-1)).unsqueeze(1)
        >>> import torch
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


class Fusion(NetworkComponent):
    """Join the tokens of a stream's modalities into one embedding.

    Args:
        modalities: the modalities of the stream, in recipe order.
        n_tokens: how many tokens each of them has.
        dim: d.

    Example:
        >>> class FirstModality(Fusion):
        ...     name = "first_modality"
        ...
        ...     def forward(self, tokens, present):
        ...         first = self.modalities[0].name
        ...         return tokens[first].mean(1) * present[first].unsqueeze(-1)
        >>> import torch
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


class Memory(NetworkComponent):
    """Keep prototypes of each emotion, and recall them for an embedding.

    ``prototypes`` (k m d) is a parameter or a buffer registered under that name, or a property made from such.

    Args:
        n_outputs: k.
        dim: d.

    Example:
        >>> class NearestPrototype(Memory):
        ...     name = "nearest_prototype"
        ...
        ...     def __init__(self, *, n_outputs: int, dim: int) -> None:
        ...         super().__init__(n_outputs=n_outputs, dim=dim)
        ...         self.prototypes = nn.Parameter(torch.randn(n_outputs, 1, dim))
        ...
        ...     def forward(self, z):
        ...         weights = (z @ self.prototypes.squeeze(1).mT).softmax(-1)
        ...         return Recall(z + weights @ self.prototypes.squeeze(1), weights.unsqueeze(-1))
        >>> import torch
        >>> recall = NearestPrototype(n_outputs=10, dim=8)(torch.zeros(2, 8))
        >>> recall.enriched.shape, recall.weights.shape
        (torch.Size([2, 8]), torch.Size([2, 10, 1]))
    """

    slot: ClassVar[str] = "memory"
    prototypes: Tensor

    def __init__(self, *, n_outputs: int, dim: int) -> None:
        super().__init__()
        self.n_outputs, self.dim = n_outputs, dim

    @abstractmethod
    def forward(self, z: Float[Tensor, "b d"]) -> Recall:
        """Read the prototypes with a batch of embeddings.

        Args:
            z: the embeddings of a stream.

        Returns:
            The semantics-enriched representation (b d) and the prototype weights (b k m), which sum to 1.
        """

    def updated(
        self, z: Float[Tensor, "b d"], D: Float[Tensor, "b k"], weight: Float[Tensor, "b"]
    ) -> dict[str, Tensor]:
        """Compute the values of the buffers after a training step; the engine writes them.

        Called after each training step without gradient, never with a test window.

        Args:
            z: the embeddings of the training windows.
            D: their emotion distributions.
            weight: what each of them counts; windows of weight 0 must have no influence.

        Returns:
            Buffer name -> new value; empty where the memory stores nothing.
        """
        return {}

    def diagnostics(self, z: Float[Tensor, "b d"]) -> dict[str, Tensor]:
        """Return what figures show of the memory, attention over episodes for example.

        Called without gradient.

        Args:
            z: as in `forward`.

        Returns:
            Name -> tensor; empty by default.
        """
        return {}


class Retrieval(NetworkComponent):
    """Read stored patterns with a query.

    Args:
        dim: d.

    Example:
        >>> class Average(Retrieval):
        ...     name = "average"
        ...
        ...     def forward(self, query, stored, mask=None):
        ...         weights = torch.ones(stored.shape[:-1]) if mask is None else mask.to(stored.dtype)
        ...         share = weights / weights.sum(-1, keepdim=True).clamp_min(1.0)
        ...         return (share.unsqueeze(-2) @ stored).expand_as(query)
        >>> import torch
        >>> Average(dim=8)(torch.zeros(4, 8), torch.zeros(6, 8)).shape
        torch.Size([4, 8])
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
        """Retrieve stored patterns.

        Args:
            query: the queries.
            stored: the patterns.
            mask: which patterns exist; None for all.

        Returns:
            What each query retrieves (… q d); 0 where no pattern exists.
        """

    def diagnostics(
        self,
        query: Float[Tensor, "*h q d"],
        stored: Float[Tensor, "*h s d"],
        mask: Bool[Tensor, "*h s"] | None = None,
    ) -> dict[str, Tensor]:
        """Return what figures show of the retrieval, its attention for example. Called without gradient.

        Args:
            query: as in `forward`.
            stored: as in `forward`.
            mask: as in `forward`.

        Returns:
            Name -> tensor; empty by default.
        """
        return {}


class Objective(NetworkComponent):
    """Compute a term of the loss. The engine multiplies it by the ``weight`` in the recipe.

    Args:
        n_outputs: k.
        dim: d.

    Example:
        >>> class SquaredError(Objective):
        ...     name = "squared_error"
        ...
        ...     def forward(self, state, batch):
        ...         error = (state.logits.softmax(-1) - batch.D).square().sum(-1)
        ...         return (batch.weight * error).sum() / batch.weight.sum()
        >>> import torch
        >>> batch = Batch(X={}, present={}, D=torch.full((2, 4), 0.25), weight=torch.ones(2))
        >>> SquaredError(n_outputs=4, dim=8)(State(streams={}, logits=torch.zeros(2, 4)), batch)
        tensor(0.)
    """

    slot: ClassVar[str] = "objective"
    needs: ClassVar[Needs] = Needs()

    def __init__(self, *, n_outputs: int, dim: int) -> None:
        super().__init__()
        self.n_outputs, self.dim = n_outputs, dim

    @abstractmethod
    def forward(self, state: State, batch: Batch) -> Float[Tensor, ""]:
        """Compute the loss of a batch.

        Args:
            state: what the network computed for the batch.
            batch: its windows, with their labels and weights.

        Returns:
            A scalar: the mean over windows weighted by ``batch.weight``. Windows of weight 0 must have no influence,
            as negatives either.
        """

    def diagnostics(self, state: State, batch: Batch) -> dict[str, Tensor]:
        """Return what figures show of the objective, the attention of a retrieval for example.

        Called without gradient.

        Args:
            state: as in `forward`.
            batch: as in `forward`.

        Returns:
            Name -> tensor; empty by default.
        """
        return {}


class Head(NetworkComponent):
    """Predict the emotion distribution from the states of the streams.

    Args:
        streams: the streams in recipe order.
        n_outputs: k.
        dim: d.
        valence: disjoint groups of label indices (pleasant, unpleasant); None where the source states none.

    Example:
        >>> class Uniform(Head):
        ...     name = "uniform"
        ...
        ...     def forward(self, streams):
        ...         n = len(next(iter(streams.values())).z)
        ...         return torch.zeros(n, self.n_outputs), {}
        >>> import torch
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


class Source(Component, ABC):
    """Provide recordings or windows. ``modalities`` and ``labels`` are known before loading.

    ``simulated`` sources set the flag of that name, and every output with their numbers states it.

    Example:
        >>> class TwoWindows(Source):
        ...     name = "two_windows"
        ...     modalities = (Modality("gsr", n_chans=1, n_times=3),)
        ...     labels = ("happy", "sad")
        ...
        ...     def load(self):
        ...         X, present = np.ones((2, 1, 3), np.float32), np.ones(2, bool)
        ...         D = np.array([[0.7, 0.3], [0.4, 0.6]])
        ...         return WindowSet(self.modalities, {"gsr": X}, {"gsr": present}, D, self.labels)
        >>> len(TwoWindows().load().validate())
        2
    """

    slot: ClassVar[str] = "source"
    simulated: ClassVar[bool] = False

    @property
    @abstractmethod
    def modalities(self) -> tuple[Modality, ...]:
        """Return the modalities; ``n_times`` is None where the source provides recordings.

        Raises:
            DataError: a file that it must read for this is missing or broken.
        """

    @property
    @abstractmethod
    def labels(self) -> tuple[str, ...]:
        """Return the names of the k emotions."""

    @property
    def valence(self) -> Valence | None:
        """Return which labels are pleasant and unpleasant, or None where that is not known."""
        return None

    @property
    def notes(self) -> tuple[str, ...]:
        """Return notes for readers of the numbers: what was left out, imputed or derived, and how much.

        Raises:
            DataError: a file that it must read for this is missing or broken.
        """
        return ()

    @property
    def overlaps(self) -> tuple[RecordingOverlap, ...]:
        """Return the pairs of recordings that share time, such as trials that were cut with overlapping times.

        A fold with one of a pair on each side is graded as leaky.

        Raises:
            DataError: a file that it must read for this is missing or broken.
        """
        return ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Return the files that the source reads beside its parameters of type ``Path``.

        Those that a manifest names, for example. Prepared windows are cached for as long as none of them changes.

        Raises:
            DataError: a file that it must read for this is missing or broken.
        """
        return ()

    @property
    def continuous(self) -> bool:
        """Return whether the source provides recordings, which a ``window`` transform must cut."""
        return any(modality.n_times is None for modality in self.modalities)

    @abstractmethod
    def load(self) -> Iterator[Recording] | WindowSet:
        """Load the data.

        Returns:
            Recordings one at a time, or a window set where the files hold windows or features.

        Raises:
            DataError: naming file, field and row.
        """


class Transform(Component, ABC):
    """Change signals or features. Base of the four kinds of transform; subclass one of those.

    Example:
        >>> kinds = (RecordingTransform, Windowing, WindowTransform, FittedTransform)
        >>> all(issubclass(kind, Transform) for kind in kinds)
        True
    """

    slot: ClassVar[str] = "transform"

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """Describe the modalities after the transform, from their metadata alone.

        Args:
            modalities: before it.

        Returns:
            The modalities after it; the same by default.
        """
        return modalities


class RecordingTransform(Transform):
    """Change one recording at a time, without state (``prepare``), as filters and resampling do.

    Example:
        >>> class Millivolts(RecordingTransform):
        ...     name = "millivolts"
        ...
        ...     def transform(self, recording):
        ...         signals = {n: replace(s, values=s.values / 1000) for n, s in recording.signals.items()}
        ...         return replace(recording, signals=signals)
        >>> from dataclasses import replace
        >>> from mpcl_core.interfaces.data import Signal
        >>> eeg = Signal(np.full((1, 4), 500.0, np.float32), sfreq=128.0)
        >>> recording = Recording({"eeg": eeg}, D=np.array([0.5, 0.5]), subject="s01", trial="1")
        >>> Millivolts().transform(recording).signals["eeg"].values
        array([[0.5, 0.5, 0.5, 0.5]], dtype=float32)
    """

    @abstractmethod
    def transform(self, recording: Recording) -> Recording:
        """Transform a recording.

        Args:
            recording: must not be changed.

        Returns:
            The changed recording.
        """


class Windowing(Transform):
    """Cut a recording into windows (``prepare``, exactly one where the source provides recordings).

    Example:
        >>> class WholeRecording(Windowing):
        ...     name = "whole_recording"
        ...
        ...     def transform(self, recording, modalities, labels, valence):
        ...         X = {name: signal.values[None] for name, signal in recording.signals.items()}
        ...         present = {name: np.ones(1, bool) for name in X}
        ...         return WindowSet(modalities, X, present, recording.D[None], labels, valence=valence)
        >>> from mpcl_core.interfaces.data import Signal
        >>> eeg = Signal(np.zeros((1, 4), np.float32), sfreq=128.0)
        >>> recording = Recording({"eeg": eeg}, D=np.array([0.5, 0.5]), subject="s01", trial="1")
        >>> len(WholeRecording().transform(recording, (Modality("eeg", 1, 4, 128.0),), ("happy", "sad"), None))
        1
    """

    @abstractmethod
    def transform(
        self,
        recording: Recording,
        modalities: tuple[Modality, ...],
        labels: tuple[str, ...],
        valence: Valence | None,
    ) -> WindowSet:
        """Cut a recording.

        Args:
            recording: must not be changed.
            modalities: what `outputs` returns, in the order of the window set.
            labels: names of the k emotions.
            valence: which of them are pleasant and unpleasant.

        Returns:
            The recording's windows, each with the recording's weight divided by their number; possibly none.
        """


class WindowTransform(Transform):
    """Change windows, without state (``prepare``), for example into features of each window.

    Example:
        >>> class Squared(WindowTransform):
        ...     name = "squared"
        ...
        ...     def transform(self, windows):
        ...         return windows.with_signals({name: values**2 for name, values in windows.X.items()})
        >>> Squared().outputs((Modality("gsr", n_chans=1, n_times=3),))[0].n_times
        3
    """

    @abstractmethod
    def transform(self, windows: WindowSet) -> WindowSet:
        """Transform windows, each independently of the others.

        Args:
            windows: must not be changed.

        Returns:
            The changed windows.
        """


class FittedTransform(Transform):
    """Learn from a fold's fitting windows and change all windows (``transforms``).

    A ``transductive`` transform also uses the signals of the windows that it changes (never their labels).

    Example:
        >>> class Centre(FittedTransform):
        ...     name = "centre"
        ...
        ...     def fit(self, windows):
        ...         self.means = {name: values.mean(0) for name, values in windows.X.items()}
        ...         return self
        ...
        ...     def transform(self, windows):
        ...         return windows.with_signals({name: windows.X[name] - self.means[name] for name in windows.X})
        >>> X, present = np.array([[[1.0]], [[3.0]]], np.float32), np.ones(2, bool)
        >>> D = np.full((2, 2), 0.5)
        >>> windows = WindowSet((Modality("gsr", 1, 1),), {"gsr": X}, {"gsr": present}, D, ("happy", "sad"))
        >>> Centre().fit_transform(windows).X["gsr"].ravel()
        array([-1.,  1.], dtype=float32)
    """

    @property
    def transductive(self) -> bool:
        """Return whether the result for a test window depends on other test windows."""
        return False

    @abstractmethod
    def fit(self, windows: WindowSet) -> "FittedTransform":
        """Learn from the fold's fitting windows.

        Args:
            windows: the fitting windows, never a test window. Must not be changed.

        Returns:
            The transform itself.
        """

    @abstractmethod
    def transform(self, windows: WindowSet) -> WindowSet:
        """Transform windows.

        Args:
            windows: of any part of the fold. Must not be changed.

        Returns:
            The changed windows.
        """

    def fit_transform(self, windows: WindowSet) -> WindowSet:
        """Fit and transform the same windows; override it where `fit` and `transform` would repeat work.

        Args:
            windows: the fold's fitting windows.

        Returns:
            The changed windows.
        """
        return self.fit(windows).transform(windows)


class Protocol(Component, ABC):
    """Split the windows into folds, from their columns and the protocol's own seed alone.

    Example:
        >>> class FirstSubject(Protocol):
        ...     name = "first_subject"
        ...
        ...     def split(self, windows):
        ...         is_test = windows.subject == windows.subject[0]
        ...         train, test = np.flatnonzero(~is_test), np.flatnonzero(is_test)
        ...         yield Fold(train=train[1:], validation=train[:1], test=test, label="first")
        >>> X, present, D = np.zeros((4, 1, 1), np.float32), np.ones(4, bool), np.full((4, 2), 0.5)
        >>> subject = np.array(["s01", "s02", "s03", "s01"])
        >>> gsr = (Modality("gsr", 1, 1),)
        >>> windows = WindowSet(gsr, {"gsr": X}, {"gsr": present}, D, ("happy", "sad"), subject=subject)
        >>> [fold.test.tolist() for fold in FirstSubject().split(windows)]
        [[0, 3]]
    """

    slot: ClassVar[str] = "protocol"

    @abstractmethod
    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """Split the windows.

        Args:
            windows: of the study.

        Yields:
            The folds.

        Raises:
            DataError: these windows cannot be split in this way (one subject for ``loso``, no trials for
                ``trial_heldout``).
        """


class Estimator(Component, ABC):
    """Predict distributions with a model that is not a network, such as the mean, k-NN or ridge.

    Example:
        >>> class TrainingMean(Estimator):
        ...     name = "training_mean"
        ...
        ...     def fit(self, windows):
        ...         self.mean = np.average(windows.D, axis=0, weights=windows.weight)
        ...         return self
        ...
        ...     def predict(self, windows):
        ...         return np.tile(self.mean, (len(windows), 1))
        >>> X, present = np.zeros((2, 1, 1), np.float32), np.ones(2, bool)
        >>> D = np.array([[0.8, 0.2], [0.4, 0.6]])
        >>> windows = WindowSet((Modality("gsr", 1, 1),), {"gsr": X}, {"gsr": present}, D, ("happy", "sad"))
        >>> TrainingMean().fit(windows).predict(windows)[0].round(2)
        array([0.6, 0.4])
    """

    slot: ClassVar[str] = "estimator"

    @abstractmethod
    def fit(self, windows: WindowSet) -> "Estimator":
        """Learn from the fold's fitting windows (train and validation).

        Args:
            windows: the fitting windows. Must not be changed.

        Returns:
            The estimator itself.
        """

    @abstractmethod
    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Predict the distributions of windows.

        Args:
            windows: of any part of the fold. Their ``D`` must not be used.

        Returns:
            D_pred (N, k): not negative, each row sums to 1.
        """


SLOTS: dict[str, type[Component]] = {
    cls.slot: cls
    for cls in (Encoder, Fusion, Memory, Retrieval, Objective, Head, Source, Transform, Protocol, Estimator)
}
"""Slot name -> its base class."""


@lru_cache
def supplied_by_engine(slot: str) -> tuple[str, ...]:
    """Return the parameters that the engine supplies to components of a slot.

    Args:
        slot: its name.

    Returns:
        The parameters of the constructor of the slot's base class.

    Example:
        >>> supplied_by_engine("encoder")
        ('modality', 'dim')
    """
    return tuple(inspect.signature(SLOTS[slot]).parameters)
