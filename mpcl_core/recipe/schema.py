"""Check the fixed blocks of a recipe; the keys beside ``use`` are checked later with their component."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from mpcl_core.interfaces.errors import Fault, Place
from mpcl_core.interfaces.parameter_types import Count, Name, Natural, NonNegative
from mpcl_core.recipe.node import Node, format_names, join_key
from mpcl_core.recipe.validate import STRICT, Location, describe_unknown_key, validate_node
from mpcl_core.spec.error_bars import ErrorBarSettings
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.spec.robustness import RobustnessSettings
from mpcl_core.spec.search import SearchRange, SearchSettings
from mpcl_core.spec.training import PretrainSettings, TrainSettings


class ComponentBlock(BaseModel):
    """Describe a block: ``use`` names the component, the other keys are its parameters."""

    model_config = ConfigDict(**{**STRICT, "extra": "allow"})

    use: Annotated[str, Field(min_length=1, max_length=100)]


class ObjectiveBlock(ComponentBlock):
    """Describe an objective's block; its ``weight`` in the loss belongs to the engine."""

    weight: NonNegative = 1.0


Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")]
"""The name of a part of the network. It contains no dot, because dots join the names of parts."""


class StreamBlock(BaseModel):
    """Describe the components of one stream."""

    model_config = STRICT

    encoders: Annotated[dict[Key, ComponentBlock], Field(min_length=1)]
    fusion: ComponentBlock
    memory: ComponentBlock | None = None


class VariantBlocks(BaseModel):
    """Describe the keys that a variant may change."""

    model_config = STRICT

    dim: Count | None = None
    source: ComponentBlock
    prepare: list[ComponentBlock] = []
    protocol: ComponentBlock
    transforms: list[ComponentBlock] = []
    pool: PoolSettings | None = None
    streams: Annotated[dict[Key, StreamBlock], Field(min_length=1)] | None = None
    head: ComponentBlock | None = None
    objectives: Annotated[dict[Key, ObjectiveBlock], Field(min_length=1)] | None = None
    mix: dict[Key, ComponentBlock] = {}
    estimator: ComponentBlock | None = None
    references: dict[Name, ComponentBlock] = {}
    train: TrainSettings
    robustness: RobustnessSettings | None = None
    error_bars: ErrorBarSettings | None = None
    name_trials: bool = False
    search: SearchSettings | None = None


class RecipeHeader(BaseModel):
    """Describe the keys that belong to the recipe as a whole."""

    model_config = STRICT

    name: Name
    seeds: Annotated[list[Natural], Field(min_length=1)]
    plugins: list[str] = []


VARIANT_KEYS = tuple(VariantBlocks.model_fields)
KEYS = ("name", "extends", "seeds", "plugins", *VARIANT_KEYS, "grid", "variants")
MAX_SEEDS = 1000
NETWORK_KEYS = ("dim", "streams", "head", "objectives")


def check_header(node: Node, faults: list[Fault]) -> RecipeHeader | None:
    """Check the keys of the recipe as a whole, and that it has no unknown key.

    Args:
        node: the recipe's tree.
        faults: takes what is wrong.

    Returns:
        The keys; None where one has a fault.
    """
    for name, child in node.mapping.items():
        if name not in KEYS:
            faults.append(Fault(child.origin, join_key("", name), describe_unknown_key(name, KEYS)))
    _check_seeds(node.mapping.get("seeds", _EMPTY), faults)
    return validate_node(RecipeHeader, _select(node, tuple(RecipeHeader.model_fields)), "", faults)


def count_seeds(node: Node, faults: list[Fault]) -> Node:
    """Replace a number of seeds by the list of them: ``seeds: 3`` means 0, 1 and 2.

    Args:
        node: the recipe's tree.
        faults: takes what is wrong.

    Returns:
        The tree with a list of seeds, or as it was.
    """
    seeds = node.mapping.get("seeds", _EMPTY)
    number = seeds.value
    if not isinstance(number, int) or isinstance(number, bool):
        return node
    if not 1 <= number <= MAX_SEEDS:
        message = f"a number of seeds must be from 1 to {MAX_SEEDS}, got {number}. A list names the seeds: [{number}]."
        faults.append(Fault(seeds.place, "seeds", message))
    entries = tuple(replace(seeds, value=seed) for seed in range(max(1, min(number, MAX_SEEDS))))
    return replace(node, value={**node.mapping, "seeds": replace(seeds, value=entries)})


def _check_seeds(node: Node, faults: list[Fault]) -> None:
    values = [entry.value for entry in node.entries if isinstance(entry.value, int)]
    for index, entry in enumerate(node.entries):
        if entry.value in values[:index]:
            faults.append(Fault(entry.place, join_key("seeds", index), f"the seed {entry.value} is given twice."))


def check_variant_names(variants: Mapping[str, Sequence[Node]], faults: list[Fault]) -> None:
    """Check that variants have valid names and change only keys that a variant may change.

    Args:
        variants: name -> its patches.
        faults: takes what is wrong.
    """
    names = replace(_EMPTY, value={name: patches[-1] for name, patches in variants.items()})
    validate_node(_Names, replace(_EMPTY, value={"variants": names}), "", faults)
    for name, patches in variants.items():
        for patch in patches:
            for key, child in patch.mapping.items():
                if message := refuse_variant_key(key, (*VARIANT_KEYS, "grid")):
                    faults.append(Fault(child.origin, join_key(join_key("variants", name), key), message))


def refuse_variant_key(key: str, known: Sequence[str] = VARIANT_KEYS) -> str:
    """Return why a variant cannot change a key.

    Args:
        key: the key.
        known: the keys that it may change.

    Returns:
        The message; empty for a key that it may change.
    """
    if key in known:
        return ""
    if key in KEYS:
        return f"a variant cannot change '{key}', which belongs to the recipe as a whole."
    return describe_unknown_key(key, known)


class _Names(BaseModel):
    variants: dict[Name, object]


_EMPTY = Node({}, Place("", 0, 0))


def select_variant_keys(node: Node) -> Node:
    """Select the keys of a recipe that its variants patch.

    Args:
        node: the recipe's tree.

    Returns:
        A tree with these keys only.
    """
    return _select(node, VARIANT_KEYS)


def check_variant(node: Node, faults: list[Fault]) -> None:
    """Check the fixed blocks of a resolved variant, and that it has a network or an estimator.

    Args:
        node: the variant's tree.
        faults: takes what is wrong.
    """
    validate_node(VariantBlocks, node, "", faults, _known_keys)
    if "estimator" in node.mapping:
        return
    missing = [key for key in NETWORK_KEYS if key not in node.mapping]
    if len(missing) == len(NETWORK_KEYS):
        message = f"an 'estimator' is missing, or a network: {format_names(missing)}."
    else:
        message = f"a network needs {format_names(missing)} too."
    if missing:
        faults.append(Fault(node.place, "", message))


def _select(node: Node, keys: Sequence[str]) -> Node:
    return replace(node, value={key: node.mapping[key] for key in keys if key in node.mapping})


def _known_keys(path: Location) -> Sequence[str]:
    fixed: dict[str | int, type[BaseModel]] = {
        "streams": StreamBlock,
        "train": TrainSettings,
        "robustness": RobustnessSettings,
        "error_bars": ErrorBarSettings,
        "pool": PoolSettings,
        "search": SearchSettings,
    }
    if path[:2] == ("search", "space"):
        return tuple(SearchRange.model_fields)
    if path[:2] == ("train", "pretrain"):
        return tuple(PretrainSettings.model_fields)
    return tuple(field.alias or name for name, field in fixed[path[0]].model_fields.items())
