"""Build the network of a variant: encode, fuse, read the memory, predict."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mpcl_core.interfaces.component_errors import naming_component_errors, require_shape
from mpcl_core.interfaces.components import Encoder, Fusion, Head, Memory, Objective
from mpcl_core.interfaces.data import Batch, Modality, State, StreamInfo, StreamState, Valence
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.interfaces.suggestions import suggest_name
from mpcl_core.spec.network import NetworkSpec, StreamSpec


class Stream(nn.Module):
    """Compute one stream: its encoders, their fusion, and its memory if it has one.

    Args:
        spec: the components.
        modalities: modality name -> modality, for all that the windows hold.
        n_outputs: k.
        dim: d.
    """

    def __init__(self, spec: StreamSpec, modalities: Mapping[str, Modality], n_outputs: int, dim: int) -> None:
        super().__init__()
        self.dim = dim
        encoded = tuple(modalities[name] for name in spec.encoders)
        self.encoders: Mapping[str, Encoder] = nn.ModuleDict(  # type: ignore[assignment]
            {name: block.build(modality=modalities[name], dim=dim) for name, block in spec.encoders.items()}
        )
        self.fusion: Fusion = spec.fusion.build(
            modalities=encoded, n_tokens=tuple(e.n_tokens for e in self.encoders.values()), dim=dim
        )
        self.memory: Memory | None = spec.memory.build(n_outputs=n_outputs, dim=dim) if spec.memory else None

    def forward(self, X: Mapping[str, Float[Tensor, "b _ _"]], present: Mapping[str, Bool[Tensor, "b"]]) -> StreamState:
        """Encode, fuse and recall.

        Args:
            X: modality name -> signals; modalities of other streams are ignored.
            present: modality name -> which windows have it.

        Returns:
            The state of the stream; z is 0 where every modality of the stream is absent.
        """
        own_present = {name: present[name] for name in self.encoders}
        tokens = {name: self._tokens(encoder, X[name]) for name, encoder in self.encoders.items()}
        any_present = functools.reduce(torch.logical_or, own_present.values())
        fused = require_shape(self.fusion, "z", self.fusion(tokens, own_present), (any_present.shape[0], self.dim))
        mask = any_present.unsqueeze(-1).to(fused.dtype)
        z = fused * mask
        if self.memory is None:
            return StreamState(tokens, z, any_present)
        enriched, weights, cosines = self.memory(z)
        require_shape(self.memory, "enriched", enriched, (any_present.shape[0], self.dim))
        require_shape(self.memory, "weights", weights, (any_present.shape[0], *self.memory.prototypes.shape[:2]))
        uniform = 1.0 / weights[0].numel()
        return StreamState(
            tokens,
            z,
            any_present,
            weights=torch.where(any_present[:, None, None], weights, uniform),
            enriched=enriched * mask,
            prototypes=self.memory.prototypes,
            cosines=cosines,
        )

    def _tokens(self, encoder: Encoder, x: Float[Tensor, "b _ _"]) -> Float[Tensor, "b _ d"]:
        tokens: Tensor = require_shape(encoder, "tokens", encoder(x), (x.shape[0], encoder.n_tokens, self.dim))
        return tokens


class Network(nn.Module):
    """Compute any number of streams and a head; with ``train.shrink``, scale what the head predicts.

    Args:
        spec: the components.
        modalities: the modalities of the windows, after all transforms.
        labels: the names of the k emotions.
        valence: which emotions are pleasant and which unpleasant; None where the study does not state it.
    """

    scale: Tensor
    centre: Tensor

    def __init__(
        self,
        spec: NetworkSpec,
        modalities: Sequence[Modality],
        labels: Sequence[str],
        valence: Valence | None,
    ) -> None:
        super().__init__()
        by_name = {modality.name: modality for modality in modalities}
        self.labels, self.n_outputs = tuple(labels), len(labels)
        k = self.n_outputs
        dim = spec.dim
        self.streams: Mapping[str, Stream] = nn.ModuleDict(  # type: ignore[assignment]
            {name: Stream(stream, by_name, k, dim) for name, stream in spec.streams.items()}
        )
        self.head: Head = spec.head.build(
            streams=tuple(StreamInfo(name, stream.memory is not None) for name, stream in spec.streams.items()),
            n_outputs=k,
            dim=dim,
            valence=valence and valence.indices(labels),
        )
        self.shrinks = spec.train.shrink
        if self.shrinks:
            self.register_buffer("scale", torch.ones(()))
            self.register_buffer("centre", torch.zeros(k))

    def forward(self, X: Mapping[str, Float[Tensor, "b _ _"]], present: Mapping[str, Bool[Tensor, "b"]]) -> State:
        """Compute the streams and the logits of the head.

        Args:
            X: modality name -> signals.
            present: modality name -> which windows have it.

        Returns:
            The states of the streams, the logits (b k) and what the head adds for objectives.
        """
        with naming_component_errors():
            streams = {name: stream(X, present) for name, stream in self.streams.items()}
            logits, aux = self.head(streams)
            require_shape(self.head, "logits", logits, (next(iter(streams.values())).z.shape[0], self.n_outputs))
            return State(streams, torch.lerp(self.centre, logits, self.scale) if self.shrinks else logits, aux)

    @torch.no_grad()
    def set_shrinkage(self, scale: float, centre: Float[Tensor, "k"]) -> None:
        """Shrink all further predictions: logits ← centre + scale (logits − centre).

        Args:
            scale: from 0 to 1.
            centre: log D̄ of the training windows.
        """
        self.scale.fill_(scale)
        self.centre.copy_(centre)

    @property
    def encoded(self) -> tuple[str, ...]:
        """Return the modalities that some stream encodes, each once, in recipe order."""
        return tuple(dict.fromkeys(name for stream in self.streams.values() for name in stream.encoders))

    @property
    def memories(self) -> dict[str, Memory]:
        """Return stream name -> memory, for the streams that have one."""
        return {name: stream.memory for name, stream in self.streams.items() if stream.memory is not None}


class Learner(nn.Module):
    """Combine a network and its weighted objectives, since objectives may have parameters to train too.

    Args:
        network: the network.
        spec: holds the objectives and their weights.
        n_outputs: k.

    Raises:
        UsageError: ``train.loss_weights`` names an emotion that the study does not have.
    """

    emotion_weights: Tensor | None

    def __init__(self, network: Network, spec: NetworkSpec, n_outputs: int) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("emotion_weights", _emotion_weights(spec, network.labels), persistent=False)
        self.weights = {name: weight for name, (_, weight) in spec.objectives.items()}
        self.updating_memories = [
            name for name, memory in network.memories.items() if type(memory).updated is not Memory.updated
        ]
        self.objectives: Mapping[str, Objective] = nn.ModuleDict(  # type: ignore[assignment]
            {name: block.build(n_outputs=n_outputs, dim=spec.dim) for name, (block, _) in spec.objectives.items()}
        )
        self.frozen: tuple[str, ...] = ()

    def freeze(self, parts: Sequence[str]) -> None:
        """Exclude parts of the network from training: their parameters, running statistics and memories stay.

        Args:
            parts: the names of modules of the network.
        """
        self.frozen = tuple(parts)
        for part in parts:
            self.network.get_submodule(part).requires_grad_(False)
        memories = self.updating_memories
        self.updating_memories = [name for name in memories if f"streams.{name}.memory" not in parts]
        self.train(self.training)

    def train(self, mode: bool = True) -> "Learner":
        """Set the network to training or prediction; frozen parts compute as in a prediction.

        Args:
            mode: whether it is trained.

        Returns:
            The learner itself.
        """
        super().train(mode)
        for part in self.frozen:
            self.network.get_submodule(part).eval()
        return self

    def forward(self, batch: Batch) -> tuple[State, dict[str, Float[Tensor, ""]]]:
        """Compute the outputs of the network and the losses.

        Args:
            batch: windows with their distributions.

        Returns:
            The state of the network, and objective name -> loss, with the weighted sum as ``loss``.
        """
        state = self.network(batch.X, batch.present)
        if self.emotion_weights is not None:
            batch = replace(batch, weight=batch.weight * (batch.D @ self.emotion_weights))
        with naming_component_errors():
            losses = {n: require_shape(each, "a loss", each(state, batch), ()) for n, each in self.objectives.items()}
        weighted = [self.weights[name] * loss for name, loss in losses.items()]
        return state, {"loss": functools.reduce(torch.add, weighted), **losses}

    @torch.no_grad()
    def updated_buffers(
        self, z: Mapping[str, Tensor], present: Mapping[str, Tensor], D: Tensor, weight: Tensor
    ) -> dict[str, Tensor]:
        """Compute the buffers of memories that are updated without gradients, after a training step.

        Args:
            z: stream name -> (b d) the fused embeddings.
            present: stream name -> (b) whether any modality of the stream is present.
            D: (b k).
            weight: (b).

        Returns:
            Name of the buffer in the learner -> its new value.
        """
        return {
            f"network.streams.{name}.memory.{buffer}": value
            for name in self.updating_memories
            for buffer, value in self.network.memories[name].updated(z[name], D, weight * present[name]).items()
        }

    @torch.no_grad()
    def diagnostics(self, batch: Batch) -> dict[str, Tensor]:
        """Compute prototypes, their weights and every component's diagnostics for some windows.

        Args:
            batch: the windows.

        Returns:
            Dotted name -> tensor: ``streams.<stream>.weights``, ``streams.<stream>.fusion.<name>``, ``head.<name>`` …
        """
        state = self.network(batch.X, batch.present)
        found: dict[str, Mapping[str, Tensor]] = {"head": self.network.head.diagnostics(state.streams)}
        for name, stream in self.network.streams.items():
            computed, key = state.streams[name], f"streams.{name}"
            present = {modality: batch.present[modality] for modality in stream.encoders}
            found[f"{key}.fusion"] = stream.fusion.diagnostics(computed.tokens, present)
            if stream.memory is not None and computed.weights is not None and computed.prototypes is not None:
                found[key] = {"weights": computed.weights, "prototypes": computed.prototypes}
                found[f"{key}.memory"] = stream.memory.diagnostics(computed.z)
        for name, objective in self.objectives.items():
            found[f"objectives.{name}"] = objective.diagnostics(state, batch)
        return {f"{key}.{name}": value for key, values in found.items() for name, value in values.items()}


def _emotion_weights(spec: NetworkSpec, labels: Sequence[str]) -> Float[Tensor, "k"] | None:
    """Return the weight of each emotion in the losses.

    Returns:
        (k,); None where ``train.loss_weights`` is not stated.

    Raises:
        UsageError: it names an emotion that the study does not have.
    """
    stated = spec.train.loss_weights
    if stated is None:
        return None
    for name in stated:
        if name not in labels:
            hint = suggest_name(name, labels)
            raise UsageError(f"train.loss_weights: there is no emotion '{name}'.{hint} There are: {', '.join(labels)}.")
    return torch.tensor([stated.get(label, 1.0) for label in labels])
