"""The network: encode, fuse, remember, predict."""

from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.interfaces.components import Encoder, Fusion, Head, Memory, Objective
from mpcl_core.interfaces.data import Batch, Modality, State, StreamInfo, StreamState, Valence
from mpcl_core.spec.network import NetworkSpec, StreamSpec
from mpcl_core.training.component_errors import blamed, shaped


class Stream(nn.Module):
    """One stream: its encoders, their fusion, and a memory or none."""

    def __init__(self, spec: StreamSpec, modalities: Mapping[str, Modality], n_outputs: int, dim: int) -> None:
        super().__init__()
        self.dim = dim
        mine = tuple(modalities[name] for name in spec.encoders)
        self.encoders: Mapping[str, Encoder] = nn.ModuleDict(  # type: ignore[assignment]
            {name: block.build(modality=modalities[name], dim=dim) for name, block in spec.encoders.items()}
        )
        self.fusion: Fusion = spec.fusion.build(
            modalities=mine, n_tokens=tuple(e.n_tokens for e in self.encoders.values()), dim=dim
        )
        self.memory: Memory | None = spec.memory.build(n_outputs=n_outputs, dim=dim) if spec.memory else None

    def forward(self, X: Mapping[str, Float[Tensor, "b _ _"]], present: Mapping[str, Bool[Tensor, "b"]]) -> StreamState:
        here = {name: present[name] for name in self.encoders}
        tokens = {name: self._tokens(encoder, X[name]) for name, encoder in self.encoders.items()}
        there = torch.stack(list(here.values())).any(0)
        fused = shaped(self.fusion, "z", self.fusion(tokens, here), (len(there), self.dim))
        z = torch.where(there.unsqueeze(-1), fused, 0.0)
        if self.memory is None:
            return StreamState(tokens, z, there)
        enriched, weights = self.memory(z)
        shaped(self.memory, "enriched", enriched, (len(there), self.dim))
        shaped(self.memory, "weights", weights, (len(there), *self.memory.prototypes.shape[:2]))
        uniform = 1.0 / weights[0].numel()
        return StreamState(
            tokens,
            z,
            there,
            weights=torch.where(there[:, None, None], weights, uniform),
            enriched=torch.where(there.unsqueeze(-1), enriched, 0.0),
            prototypes=self.memory.prototypes,
        )

    def _tokens(self, encoder: Encoder, x: Float[Tensor, "b _ _"]) -> Float[Tensor, "b _ d"]:
        tokens: Tensor = shaped(encoder, "tokens", encoder(x), (len(x), encoder.n_tokens, self.dim))
        return tokens


class Network(nn.Module):
    """Any number of streams and a head.

    Args:
        spec: the components.
        modalities: what the rows hold, after all transforms.
        labels: the names of the k emotions.
        valence: which of them are pleasant and unpleasant, or None.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        modalities: Sequence[Modality],
        labels: Sequence[str],
        valence: Valence | None,
    ) -> None:
        super().__init__()
        by_name = {modality.name: modality for modality in modalities}
        self.n_outputs = k = len(labels)
        dim = spec.dim
        self.streams: Mapping[str, Stream] = nn.ModuleDict(  # type: ignore[assignment]
            {name: Stream(stream, by_name, k, dim) for name, stream in spec.streams.items()}
        )
        self.head: Head = spec.head.build(
            streams=tuple(StreamInfo(name, stream.memory is not None) for name, stream in spec.streams.items()),
            n_outputs=k,
            dim=dim,
            valence=_groups(labels, valence),
        )

    def forward(self, X: Mapping[str, Float[Tensor, "b _ _"]], present: Mapping[str, Bool[Tensor, "b"]]) -> State:
        with blamed():
            streams = {name: stream(X, present) for name, stream in self.streams.items()}
            logits, aux = self.head(streams)
            shaped(self.head, "logits", logits, (len(next(iter(streams.values())).z), self.n_outputs))
            return State(streams, logits, aux)

    @property
    def encoded(self) -> tuple[str, ...]:
        """The modalities that some stream encodes, each once, in recipe order."""
        return tuple(dict.fromkeys(name for stream in self.streams.values() for name in stream.encoders))

    @property
    def memories(self) -> dict[str, Memory]:
        """Stream name -> its memory, for the streams that have one."""
        return {name: stream.memory for name, stream in self.streams.items() if stream.memory is not None}


class Learner(nn.Module):
    """A network and its weighted objectives, so that their parameters are trained together."""

    def __init__(self, network: Network, spec: NetworkSpec, n_outputs: int) -> None:
        super().__init__()
        self.network = network
        self.weights = {name: weight for name, (_, weight) in spec.objectives.items()}
        self.remembering = [
            name for name, memory in network.memories.items() if type(memory).updated is not Memory.updated
        ]
        self.objectives: Mapping[str, Objective] = nn.ModuleDict(  # type: ignore[assignment]
            {name: block.build(n_outputs=n_outputs, dim=spec.dim) for name, (block, _) in spec.objectives.items()}
        )

    def forward(self, batch: Batch) -> tuple[State, dict[str, Float[Tensor, ""]]]:
        state = self.network(batch.X, batch.present)
        with blamed():
            losses = {n: shaped(each, "a loss", each(state, batch), ()) for n, each in self.objectives.items()}
        total = torch.stack([self.weights[name] * loss for name, loss in losses.items()]).sum()
        return state, {"loss": total, **losses}

    @torch.no_grad()
    def updated(
        self, z: Mapping[str, Tensor], present: Mapping[str, Tensor], D: Tensor, weight: Tensor
    ) -> dict[str, Tensor]:
        """The new values of the memories' buffers after a step on these rows, by their names in the learner.

        Args:
            z, present: stream name -> (b d), (b).
            D: (b k), weight: (b).
        """
        return {
            f"network.streams.{name}.memory.{buffer}": value
            for name in self.remembering
            for buffer, value in self.network.memories[name].updated(z[name], D, weight * present[name]).items()
        }

    @torch.no_grad()
    def diagnostics(self, batch: Batch) -> dict[str, Tensor]:
        """Return what pictures need of some windows: prototypes and their weights, and every component's diagnostics.

        Names are dotted: ``streams.<stream>.weights``, ``streams.<stream>.fusion.<view>``, ``head.<view>`` …
        """
        state = self.network(batch.X, batch.present)
        found: dict[str, Mapping[str, Tensor]] = {"head": self.network.head.diagnostics(state.streams)}
        for name, stream in self.network.streams.items():
            known, key = state.streams[name], f"streams.{name}"
            here = {modality: batch.present[modality] for modality in stream.encoders}
            found[f"{key}.fusion"] = stream.fusion.diagnostics(known.tokens, here)
            if stream.memory is not None and known.weights is not None and known.prototypes is not None:
                found[key] = {"weights": known.weights, "prototypes": known.prototypes}
                found[f"{key}.memory"] = stream.memory.diagnostics(known.z)
        for name, objective in self.objectives.items():
            found[f"objectives.{name}"] = objective.diagnostics(state, batch)
        return {f"{key}.{name}": view for key, diagnostics in found.items() for name, view in diagnostics.items()}


def _groups(labels: Sequence[str], valence: Valence | None) -> tuple[tuple[int, ...], ...] | None:
    if valence is None:
        return None
    place = {label: index for index, label in enumerate(labels)}
    return tuple(tuple(place[label] for label in group) for group in (valence.positive, valence.negative))
