"""Make specs by hand, for tests of the engine without a recipe."""

from collections.abc import Mapping, Sequence
from typing import Any

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.errors import Place
from mpcl_core.spec.block import Block
from mpcl_core.spec.network import NetworkSpec, StreamSpec
from mpcl_core.spec.training import TrainSettings
from mpcl_core.spec.variant import VariantSpec
from mpcl_plugins.encoders.linear_tokens import LinearTokens
from mpcl_plugins.fusions.concat import Concat
from mpcl_plugins.fusions.mean import Mean
from mpcl_plugins.heads.linear import Linear
from mpcl_plugins.memories.prototype_bank import PrototypeBank
from mpcl_plugins.objectives.kl import KL


def block(cls: type[Component], **parameters: Any) -> Block:
    return Block(cls, parameters, Place("test.yaml", 1, 1), cls.name)


def train(**changes: Any) -> TrainSettings:
    settings: dict[str, Any] = {
        "epochs": 4,
        "patience": 2,
        "choose": "best",
        "inner_folds": 1,
        "refit": True,
        "batch_size": 32,
        "lr": 0.01,
        "schedule": "constant",
        "weight_decay": 0.01,
        "clip": 1.0,
        "modality_dropout": 0.0,
        "threads": 1,
        "precision": "32",
    }
    return TrainSettings(**(settings | changes))


def network(
    memory: bool = True, objectives: Mapping[str, tuple[Block, float]] | None = None, **changes: Any
) -> NetworkSpec:
    """Make a network of two streams over the modalities of ``mpcl_core.testing``."""
    bank = block(PrototypeBank) if memory else None
    return NetworkSpec(
        dim=8,
        streams={
            "physiological": StreamSpec(
                {"eeg": block(LinearTokens, tokens=2), "gsr": block(LinearTokens, tokens=3)}, block(Concat), bank
            ),
            "behavioural": StreamSpec({"face": block(LinearTokens, tokens=2)}, block(Mean), bank),
        },
        head=block(Linear),
        objectives=objectives or {"distribution": (block(KL), 1.0)},
        train=train(**changes),
    )


def variant_spec(
    name: str, model: NetworkSpec | Block, source: Block, protocol: Block, transforms: Sequence[Block] = ()
) -> VariantSpec:
    recipe = {"source": {"use": source.cls.name}, "protocol": {"use": protocol.cls.name}}
    return VariantSpec(name, source, (), protocol, tuple(transforms), model, {}, recipe)
