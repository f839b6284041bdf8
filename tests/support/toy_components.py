"""Provide toy components and a catalog of them, to test assembly without a plugin."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from torch import Tensor

from mpcl_core.interfaces.components import (
    Component,
    Encoder,
    Estimator,
    FittedTransform,
    Fusion,
    Head,
    Memory,
    Needs,
    Objective,
    Protocol,
    RecordingTransform,
    Retrieval,
    Source,
    Windowing,
    WindowTransform,
)
from mpcl_core.interfaces.data import Fold, Modality, Recall, Recording, Valence, WindowSet
from mpcl_core.interfaces.parameter_types import Count, Fraction, Positive


class Files(Source):
    name = "files"

    def __init__(self, *, path: Path, others: tuple[Path, ...] = (), parts: dict[str, Path] | None = None) -> None:
        self.path, self.others, self.parts = path, others, parts

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return (Modality("eeg", 4, 10), Modality("ppg", 1, 10))

    @property
    def labels(self) -> tuple[str, ...]:
        return ("joy", "fear")

    def load(self) -> Iterator[Recording] | WindowSet:
        raise NotImplementedError


class Streamed(Files):
    name = "streamed"

    def __init__(self) -> None:
        super().__init__(path=Path("nowhere"))

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return (Modality("eeg", 4, sfreq=100.0), Modality("ppg", 1, sfreq=50.0))


class Cut(Windowing):
    name = "cut"

    def __init__(self, *, length: Positive, hop: Positive | None = None) -> None:
        self.length, self.hop = length, hop

    def transform(
        self, recording: Recording, modalities: tuple[Modality, ...], labels: tuple[str, ...], valence: Valence | None
    ) -> WindowSet:
        raise NotImplementedError


class Filter(RecordingTransform):
    name = "filter"

    def transform(self, recording: Recording) -> Recording:
        raise NotImplementedError


class Rename(WindowTransform):
    name = "rename"

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        return (Modality("spectrum", 4, 10),)

    def transform(self, windows: WindowSet) -> WindowSet:
        raise NotImplementedError


class Scale(FittedTransform):
    name = "scale"

    def fit(self, windows: WindowSet) -> "Scale":
        raise NotImplementedError

    def transform(self, windows: WindowSet) -> WindowSet:
        raise NotImplementedError


class Halves(Protocol):
    name = "halves"

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        raise NotImplementedError


class Flat(Encoder):
    name = "flat"

    def __init__(self, *, modality: Modality, dim: int, tokens: Count = 2, dropout: Fraction = 0.0) -> None:
        super().__init__(modality=modality, dim=dim)
        self.tokens, self.dropout = tokens, dropout

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError


class Assoc(Fusion):
    name = "assoc"

    def __init__(
        self,
        *,
        modalities: Sequence[Modality],
        n_tokens: Sequence[int],
        dim: int,
        primary: str,
        betas: tuple[Positive, ...] = (1.0, 4.0),
        gate: Literal["open", "learned"] | Positive = "open",
        mix: float | tuple[float, ...] = 1.0,
        copy: bool = False,  # a name that pydantic's models have for themselves
    ) -> None:
        super().__init__(modalities=modalities, n_tokens=n_tokens, dim=dim)
        self.primary, self.betas, self.gate, self.mix, self.copy = primary, betas, gate, mix, copy

    def forward(self, tokens: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> Tensor:
        raise NotImplementedError


class Average(Fusion):
    name = "average"

    def forward(self, tokens: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> Tensor:
        raise NotImplementedError


class Bank(Memory):
    name = "bank"

    def forward(self, z: Tensor) -> Recall:
        raise NotImplementedError


class Look(Retrieval):
    name = "look"

    def __init__(self, *, dim: int, beta: Positive = 1.0) -> None:
        super().__init__(dim=dim)
        self.beta = beta

    def forward(self, query: Tensor, stored: Tensor, mask: Tensor | None = None) -> Tensor:
        raise NotImplementedError


class Loss(Objective):
    name = "loss"

    def forward(self, state: Any, batch: Any) -> Tensor:
        raise NotImplementedError


class Pair(Objective):
    name = "pair"
    needs = Needs(memories=2)

    def __init__(self, *, n_outputs: int, dim: int, retrieval: Retrieval, second: Look | None = None) -> None:
        super().__init__(n_outputs=n_outputs, dim=dim)
        self.retrieval, self.second = retrieval, second

    def forward(self, state: Any, batch: Any) -> Tensor:
        raise NotImplementedError


class Logits(Head):
    name = "logits"

    def __init__(
        self,
        *,
        streams: Sequence[Any],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
        levels: "tuple[Count, ...]" = (2, 1),
        dropout: Fraction = 0.0,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
        self.levels, self.dropout = levels, dropout

    def forward(self, streams: Mapping[str, Any]) -> tuple[Tensor, dict[str, Tensor]]:
        raise NotImplementedError


class Thing:
    """Have a type that a recipe cannot contain."""


class Odd(Head):
    name = "odd"

    def __init__(
        self,
        *,
        streams: Sequence[Any],
        n_outputs: int,
        dim: int,
        valence: tuple[tuple[int, ...], ...] | None,
        thing: Thing,
    ) -> None:
        super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)

    def forward(self, streams: Mapping[str, Any]) -> tuple[Tensor, dict[str, Tensor]]:
        raise NotImplementedError


class Prior(Estimator):
    name = "prior"

    def __init__(self, *, k: Count = 5, modalities: tuple[str, ...] | None = None) -> None:
        self.k, self.modalities = k, modalities

    def fit(self, windows: WindowSet) -> "Prior":
        raise NotImplementedError

    def predict(self, windows: WindowSet) -> Any:
        raise NotImplementedError


TOYS: tuple[type[Component], ...] = (
    Files,
    Streamed,
    Cut,
    Filter,
    Rename,
    Scale,
    Halves,
    Flat,
    Assoc,
    Average,
    Bank,
    Look,
    Loss,
    Pair,
    Logits,
    Odd,
    Prior,
)


class Toys:
    """Hold the toy components."""

    def find(self, slot: str, name: str) -> type[Component] | None:
        return next((cls for cls in TOYS if (cls.slot, cls.name) == (slot, name)), None)

    def names(self, slot: str) -> list[str]:
        return sorted(cls.name for cls in TOYS if cls.slot == slot)

    def unknown(self, slot: str, name: str) -> str:
        return f"no {slot} named '{name}'. Known: {', '.join(self.names(slot))}."


RECIPE = """\
extends: null
name: toy
seeds: [0]
dim: 8
source: {use: files, path: data/raw}
protocol: {use: halves}
transforms: [{use: scale}]
streams:
  body:
    encoders:
      eeg: {use: flat, tokens: 3}
      ppg: {use: flat}
    fusion: {use: assoc, primary: eeg, betas: [1, 4.0, 1e1]}
    memory: {use: bank}
  face:
    encoders:
      face: {use: flat}
    fusion: {use: average}
    memory: {use: bank}
head: {use: logits}
objectives:
  fit: {use: loss}
  pair: {use: pair, weight: 0.01, retrieval: {use: look, beta: 8}}
references:
  prior: {use: prior}
train: {epochs: 3, patience: 2, choose: best, inner_folds: 1, refit: true, batch_size: 4, lr: 1e-3, schedule: constant, weight_decay: 0, clip: 1.0, modality_dropout: 0.0, threads: 1, precision: "32"}
"""
"""A complete recipe of toy components, without the defaults, which name other components."""
