"""Tries a network out on shapes alone: nothing is computed, and no memory taken (torch's meta device)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from mpcl_core.engine.network import Learner, Network
from mpcl_core.interfaces.blueprint import NetworkBlueprint
from mpcl_core.interfaces.data import Batch, Modality, Valence
from mpcl_core.interfaces.errors import PluginError


@dataclass(frozen=True)
class NetworkSize:
    """Parameters in all and by part (stream.encoders.modality, stream.fusion, …, head, objectives)."""

    parameters: int
    parts: dict[str, int]


def check_network(
    blueprint: NetworkBlueprint,
    modalities: Sequence[Modality],
    labels: Sequence[str],
    valence: Valence | None,
) -> NetworkSize:
    """Build the network and its objectives and send two rows through them.

    Raises:
        RecipeError: a component refused a value.
        PluginError: a component failed, or answered with a wrong shape.
    """
    with torch.device("meta"):
        network = Network(blueprint, modalities, labels, valence)
        learner = Learner(network, blueprint, len(labels))
        batch = _batch(modalities, len(labels))
        state = network(batch.X, batch.present)
        _expect(state.logits.shape, (2, len(labels)), f"head '{blueprint.head.cls.name}' gave logits")
        for name, objective in learner.objectives.items():
            _expect(objective(state, batch).shape, (), f"objective '{name}' gave a tensor")
    return _size(learner)


def _expect(shape: torch.Size, wanted: tuple[int, ...], who: str) -> None:
    if shape != wanted:
        raise PluginError(f"{who} {tuple(shape)}, not {wanted}")


def _batch(modalities: Sequence[Modality], k: int) -> Batch:
    return Batch(
        {m.name: torch.zeros(2, m.n_chans, m.n_times or 1) for m in modalities},
        {m.name: torch.ones(2, dtype=torch.bool) for m in modalities},
        torch.ones(2, k) / k,
        torch.ones(2),
    )


def _size(learner: Learner) -> NetworkSize:
    parts = {
        f"{name}.{part}": _count(module)
        for name, stream in learner.network.streams.items()
        for part, module in stream.named_children()
        if part != "encoders"
    }
    parts |= {
        f"{name}.encoders.{modality}": _count(encoder)
        for name, stream in learner.network.streams.items()
        for modality, encoder in stream.encoders.items()
    }
    parts |= {"head": _count(learner.network.head)}
    parts |= {f"objectives.{name}": _count(objective) for name, objective in learner.objectives.items()}
    return NetworkSize(_count(learner), parts)


def _count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
