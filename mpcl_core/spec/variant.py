"""Describe one variant of a recipe as the engine builds it, and how its settings are searched."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mpcl_core.interfaces.component_errors import describe_class
from mpcl_core.spec.block import Block
from mpcl_core.spec.error_bars import ErrorBarSettings
from mpcl_core.spec.network import NetworkSpec, StreamSpec
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.spec.robustness import RobustnessSettings
from mpcl_core.spec.search import SearchSettings, Values

SHIPPED = "mpcl_plugins."
"""How the names of the modules begin whose components come with the framework."""


@dataclass(frozen=True)
class SearchSpec:
    """Describe the search of a variant.

    Args:
        settings: the recipe block.
        candidate: returns the variant with some of its values set, without a search.
    """

    settings: SearchSettings
    candidate: "Callable[[Values], VariantSpec]" = field(repr=False, compare=False)


@dataclass(frozen=True)
class VariantSpec:
    """Describe one variant of a recipe.

    Args:
        name: the variant's name.
        source, prepare, protocol: what makes the windows and folds; equal for variants that share them.
        transforms: the fitted transforms, in order.
        model: a network, or the block of an estimator.
        baselines: name -> estimator that runs on the same folds for comparison.
        recipe: the resolved variant as plain values.
        robustness: how the trained network is tested without some modalities; None: it is not.
        pool: whose windows are averaged for networks, estimators and baselines; None: nobody's.
        error_bars: how the error bars of predictions are calibrated.
        search: what is searched inside each fold before the variant is trained; None: nothing.
        name_trials: whether stored models hold the embeddings of the training trials by name, for `explain`.
    """

    name: str
    source: Block
    prepare: tuple[Block, ...]
    protocol: Block
    transforms: tuple[Block, ...]
    model: NetworkSpec | Block
    baselines: Mapping[str, Block]
    recipe: Mapping[str, Any] = field(repr=False)
    robustness: RobustnessSettings | None = None
    pool: PoolSettings | None = None
    error_bars: ErrorBarSettings = field(default_factory=ErrorBarSettings)
    name_trials: bool = False
    search: SearchSpec | None = None

    @property
    def uses_signals(self) -> bool:
        """Return whether the model reads signals; estimators of labels alone do not."""
        return isinstance(self.model, NetworkSpec) or bool(getattr(self.model.cls, "uses_signals", True))

    @property
    def is_simulated(self) -> bool:
        """Return whether the source, or one that it wraps, simulates its data, so that no person was measured."""
        return any(getattr(block.cls, "simulated", False) for block in blocks(self.source))


def blocks(value: object) -> list[Block]:
    """List every block in a spec or a part of one, nested ones included.

    Args:
        value: a spec, or a part of one.

    Returns:
        The blocks.
    """
    if isinstance(value, Block):
        return [value, *blocks(value.parameters)]
    if isinstance(value, Mapping):
        return [block for part in value.values() for block in blocks(part)]
    if isinstance(value, tuple | list):
        return [block for part in value for block in blocks(part)]
    if isinstance(value, VariantSpec | NetworkSpec | StreamSpec):
        return [block for part in vars(value).values() for block in blocks(part)]
    return []


def describe_plugins(spec: VariantSpec) -> str:
    """Describe the components of a variant that do not come with the framework, for a message.

    Args:
        spec: the variant.

    Returns:
        Slot, name and file of each; the variant where it has none.
    """
    classes = dict.fromkeys(block.cls for block in blocks(spec))
    own = [describe_class(cls) for cls in classes if not cls.__module__.startswith(SHIPPED)]
    return " or ".join(own) or f"'{spec.name}'"
