"""The fixed blocks of a recipe. What stands beside ``use`` is the component's, and checked with it later."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from mpcl_core.interfaces.errors import Fault, Place
from mpcl_core.interfaces.parameter_types import Count, Name, Natural, NonNegative
from mpcl_core.recipe.node import Node, dotted, listed
from mpcl_core.recipe.validate import STRICT, Location, checked, unknown_key
from mpcl_core.spec.robustness import RobustnessSettings
from mpcl_core.spec.training import TrainSettings


class Use(BaseModel):
    """A block: ``use`` names the component, the other keys are its own."""

    model_config = ConfigDict(**{**STRICT, "extra": "allow"})

    use: Annotated[str, Field(min_length=1, max_length=100)]


class Weighted(Use):
    """An objective's block: its ``weight`` in the loss belongs to the engine."""

    weight: NonNegative = 1.0


Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")]
"""The name of a part of the network. It holds no dot, because dots join the names of parts."""


class Stream(BaseModel):
    """The components of one stream."""

    model_config = STRICT

    encoders: Annotated[dict[Key, Use], Field(min_length=1)]
    fusion: Use
    memory: Use | None = None


class Study(BaseModel):
    """What a variant may change."""

    model_config = STRICT

    dim: Count | None = None
    source: Use
    prepare: list[Use] = []
    protocol: Use
    transforms: list[Use] = []
    streams: Annotated[dict[Key, Stream], Field(min_length=1)] | None = None
    head: Use | None = None
    objectives: Annotated[dict[Key, Weighted], Field(min_length=1)] | None = None
    estimator: Use | None = None
    references: dict[Name, Use] = {}
    train: TrainSettings
    robustness: RobustnessSettings | None = None


class Root(BaseModel):
    """What belongs to the whole recipe."""

    model_config = STRICT

    name: Name
    seeds: Annotated[list[Natural], Field(min_length=1)]
    plugins: list[str] = []


STUDY_KEYS = tuple(Study.model_fields)
KEYS = ("name", "extends", "seeds", "plugins", *STUDY_KEYS, "variants")
NETWORK_KEYS = ("dim", "streams", "head", "objectives")


def check_root(node: Node, faults: list[Fault]) -> Root | None:
    """The keys of the whole recipe, checked; also that it has no key that no recipe has."""
    for name, child in node.mapping.items():
        if name not in KEYS:
            faults.append(Fault(child.origin, dotted("", name), unknown_key(name, KEYS)))
    _check_seeds(node.mapping.get("seeds", _EMPTY), faults)
    return checked(Root, _only(node, tuple(Root.model_fields)), "", faults)


def _check_seeds(node: Node, faults: list[Fault]) -> None:
    values = [entry.value for entry in node.entries if isinstance(entry.value, int)]
    for index, entry in enumerate(node.entries):
        if entry.value in values[:index]:
            faults.append(Fault(entry.place, dotted("seeds", index), f"the seed {entry.value} stands twice."))


def check_variant_names(variants: Mapping[str, Sequence[Node]], faults: list[Fault]) -> None:
    """That variants have usable names and change only what a variant may."""
    names = replace(_EMPTY, value={name: patches[-1] for name, patches in variants.items()})
    checked(_Names, replace(_EMPTY, value={"variants": names}), "", faults)
    for name, patches in variants.items():
        for patch in patches:
            for key, child in patch.mapping.items():
                if key not in STUDY_KEYS:
                    message = (
                        f"a variant cannot change '{key}', which belongs to the whole recipe."
                        if key in KEYS
                        else unknown_key(key, STUDY_KEYS)
                    )
                    faults.append(Fault(child.origin, dotted(dotted("variants", name), key), message))


class _Names(BaseModel):
    variants: dict[Name, object]


_EMPTY = Node({}, Place("", 0, 0))


def study_of(node: Node) -> Node:
    """The part of a recipe that its variants patch."""
    return _only(node, STUDY_KEYS)


def check_study(node: Node, faults: list[Fault]) -> None:
    """That one variant, patched, has its fixed blocks right, and a network or an estimator."""
    checked(Study, node, "", faults, _known)
    if "estimator" in node.mapping:
        return
    absent = [key for key in NETWORK_KEYS if key not in node.mapping]
    if len(absent) == len(NETWORK_KEYS):
        message = f"an 'estimator' is missing, or a network: {listed(absent)}."
    else:
        message = f"a network needs {listed(absent)} too."
    if absent:
        faults.append(Fault(node.place, "", message))


def _only(node: Node, keys: Sequence[str]) -> Node:
    return replace(node, value={key: node.mapping[key] for key in keys if key in node.mapping})


def _known(path: Location) -> Sequence[str]:
    fixed: dict[str | int, type[BaseModel]] = {
        "streams": Stream,
        "train": TrainSettings,
        "robustness": RobustnessSettings,
    }
    return tuple(fixed[path[0]].model_fields)
