"""Assemble the specs of a recipe's variants with the installed components, and report all faults at once."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel
from torch import nn

from mpcl_core.interfaces.components import (
    FittedTransform,
    Needs,
    RecordingTransform,
    Transform,
    Windowing,
    WindowTransform,
)
from mpcl_core.interfaces.errors import Fault, RecipeError
from mpcl_core.interfaces.suggestions import suggest_name
from mpcl_core.recipe.absolute_paths import absolute
from mpcl_core.recipe.blocks import BlockReader, CatalogProtocol, UnknownComponent
from mpcl_core.recipe.load import Recipe, Variant, merge_faults
from mpcl_core.recipe.node import Node, format_names, join_key, to_plain
from mpcl_core.recipe.search_space import SEARCH, check_search, set_values
from mpcl_core.recipe.source_check import describe_missing_modality
from mpcl_core.spec.block import Block
from mpcl_core.spec.error_bars import ErrorBarSettings
from mpcl_core.spec.network import MIXED_NETWORK, NetworkSpec, StreamSpec, select_parts
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.spec.robustness import RobustnessSettings
from mpcl_core.spec.search import SearchSettings, Values
from mpcl_core.spec.training import TrainSettings
from mpcl_core.spec.variant import SearchSpec, VariantSpec

M = TypeVar("M", bound=BaseModel)


def assemble(recipe: Recipe, catalog: CatalogProtocol) -> dict[str, VariantSpec]:
    """Assemble the spec of each variant.

    Args:
        recipe: the recipe as `load` returns it.
        catalog: the installed components.

    Returns:
        Name -> spec, in the order of the recipe.

    Raises:
        RecipeError: with all faults of the components of all variants.
    """
    paths: dict[Node, str] = {}
    found: dict[str, list[Fault]] = {}
    specs = {}
    for name, variant in recipe.variants.items():
        found[name] = []
        specs[name] = _Assembly(BlockReader(catalog, found[name], paths), found[name], paths).spec(variant)
    if faults := merge_faults(found):
        raise RecipeError(faults)
    for name, variant in recipe.variants.items():
        if SEARCH in variant.node.mapping and not found[name]:
            specs[name] = _with_search(specs[name], variant, catalog, found[name])
    if faults := merge_faults(found):
        raise RecipeError(faults)
    return {name: replace(spec, recipe=to_plain(recipe.variants[name].node, paths)) for name, spec in specs.items()}


def _with_search(spec: VariantSpec, variant: Variant, catalog: CatalogProtocol, faults: list[Fault]) -> VariantSpec:
    """Add its search to the spec of a variant.

    Returns:
        The spec.
    """

    def assembled(tree: Node, found: list[Fault], paths: dict[Node, str] | None = None) -> VariantSpec:
        paths = {} if paths is None else paths
        return _Assembly(BlockReader(catalog, found, paths), found, paths).spec(replace(variant, node=tree))

    def candidate(values: Values) -> VariantSpec:
        found: list[Fault] = []
        paths: dict[Node, str] = {}
        tree = set_values(variant.node, values, found)
        built = None if found else assembled(tree, found, paths)
        if built is None or found:
            raise RecipeError(found)
        return replace(built, recipe=to_plain(tree, paths))

    settings = _settings(SearchSettings, variant.node.mapping[SEARCH])
    assert settings is not None
    faults += check_search(variant.node, settings, assembled)
    return replace(spec, search=SearchSpec(settings, candidate))


_KINDS: dict[str, tuple[tuple[type[Transform], ...], str, str]] = {
    "prepare": ((RecordingTransform, Windowing, WindowTransform), "stateless", "transforms"),
    "transforms": ((FittedTransform,), "fitted", "prepare"),
}


class _Assembly:
    """Assemble one variant.

    Args:
        blocks: reads its blocks.
        faults: takes what is wrong; where it is not empty, the spec must not be used.
        paths: takes the absolute path of each node that is one.
    """

    def __init__(self, blocks: BlockReader, faults: list[Fault], paths: dict[Node, str]) -> None:
        self._make, self._faults, self._paths = blocks.block, faults, paths

    def spec(self, variant: Variant) -> VariantSpec:
        """Assemble the spec without its plain values, which need the paths of all variants.

        Args:
            variant: the resolved variant.

        Returns:
            The spec; its ``recipe`` is empty.
        """
        tree = variant.node.mapping
        estimator = tree.get("estimator")
        return VariantSpec(
            name=variant.name,
            source=self._make(tree["source"], "source", "source"),
            prepare=self._transforms("prepare", tree.get("prepare")),
            protocol=self._make(tree["protocol"], "protocol", "protocol"),
            transforms=self._transforms("transforms", tree.get("transforms")),
            model=self._make(estimator, "estimator", "estimator") if estimator else self._network(tree),
            baselines=self._blocks(tree.get("references"), "references", "estimator"),
            recipe={},
            robustness=_settings(RobustnessSettings, tree.get("robustness")),
            error_bars=_settings(ErrorBarSettings, tree.get("error_bars")) or ErrorBarSettings(),
            pool=_settings(PoolSettings, tree.get("pool")),
            name_trials="name_trials" in tree and tree["name_trials"].value is True,
        )

    def _network(self, tree: Mapping[str, Node]) -> NetworkSpec:
        for key in ("streams", "objectives"):
            self._check_names(tree[key], key)
        streams = {
            name: self._stream(node, join_key("streams", name)) for name, node in tree["streams"].mapping.items()
        }
        head = self._make(tree["head"], "head", "head")
        self._check_needs(head, streams)
        objectives = {}
        for name, node in tree["objectives"].mapping.items():
            block = self._make(node, join_key("objectives", name), "objective", engine_owned=("weight",))
            self._check_needs(block, streams)
            weight = to_plain(node.mapping["weight"]) if "weight" in node.mapping else 1.0
            objectives[name] = block, float(weight)
        dim: Any = tree["dim"].value
        train = TrainSettings.model_validate_json(json.dumps(to_plain(tree["train"])))
        train = absolute(train, tree["train"], self._paths)
        self._check_pretraining(tree["train"], objectives)
        mix = self._blocks(tree.get("mix"), "mix", "estimator")
        network = NetworkSpec(dim, streams, head, objectives, train, mix)
        self._check_parts(tree["train"], network)
        self._check_held_out(tree, train)
        return network

    def _check_parts(self, node: Node, network: NetworkSpec) -> None:
        """Check that the keys of ``train.from_parts`` and ``train.freeze`` are those of blocks of the network."""
        train = network.train
        known = network.part_keys()
        for name, keys in (("from_parts", train.from_parts or ()), ("freeze", train.freeze)):
            entries = node.mapping[name].entries if keys else ()
            for index, (key, entry) in enumerate(zip(keys, entries, strict=True)):
                place = join_key(join_key("train", name), index)
                if not (parts := select_parts(known, [key])):
                    message = f"the network has no block '{key}'.{suggest_name(key, known)} Blocks: {', '.join(known)}."
                    self._faults.append(Fault(entry.place, place, message))
                elif name == "freeze" and not set(parts) <= set(select_parts(known, train.from_parts)):
                    message = f"'{key}' is not loaded from the model, so it cannot be frozen; name it in from_parts."
                    self._faults.append(Fault(entry.place, place, message))

    def _check_held_out(self, tree: Mapping[str, Node], train: TrainSettings) -> None:
        """Check that people can be held out for ``train.shrink`` and ``mix``."""
        mix = node if (node := tree.get("mix")) and node.mapping else None
        bars = _settings(ErrorBarSettings, tree.get("error_bars")) or ErrorBarSettings()
        if mix and not train.refit:
            message = "mix compares models on people whom they did not learn from: it needs train.refit: true."
            self._faults.append(Fault(mix.place, "mix", message))
        elif bars.folds == 0 and train.choose == "last":
            stated = {"mix": mix, "train.shrink": tree["train"].mapping["shrink"] if train.shrink else None}
            for key, node in stated.items():
                if node:
                    message = f"{key} needs held-out people: error_bars.folds must not be 0 with train.choose: last."
                    self._faults.append(Fault(node.origin, key, message))
        if mix and MIXED_NETWORK in mix.mapping:
            message = f"'{MIXED_NETWORK}' is the name of the network itself. Choose another."
            self._faults.append(Fault(mix.mapping[MIXED_NETWORK].origin, f"mix.{MIXED_NETWORK}", message))

    def _check_pretraining(self, node: Node, objectives: Mapping[str, tuple[Block, float]]) -> None:
        pretrain = node.mapping.get("pretrain")
        for name, child in pretrain.mapping["objectives"].mapping.items() if pretrain and pretrain.mapping else ():
            key = f"train.pretrain.objectives.{name}"
            if name not in objectives:
                message = f"there is no objective '{name}'.{suggest_name(name, list(objectives))}"
                self._faults.append(Fault(child.origin, key, message))
            elif not getattr(objectives[name][0].cls, "unlabelled", False):
                message = f"'{objectives[name][0].cls.name}' uses labels, so it cannot train without them."
                self._faults.append(Fault(child.origin, key, message))

    def _stream(self, node: Node, key: str) -> StreamSpec:
        tree = node.mapping
        self._check_names(tree["encoders"], join_key(key, "encoders"))
        encoders = self._blocks(tree["encoders"], join_key(key, "encoders"), "encoder")
        fusion = self._make(tree["fusion"], join_key(key, "fusion"), "fusion")
        self._check_primary(fusion, tree["fusion"], list(encoders))
        memory = self._make(tree["memory"], join_key(key, "memory"), "memory") if "memory" in tree else None
        return StreamSpec(encoders, fusion, memory)

    def _check_names(self, node: Node, key: str) -> None:
        """Refuse names that torch uses: a part of a network is an attribute of its module."""
        for name, child in node.mapping.items():
            if hasattr(nn.ModuleDict, name):
                message = "torch uses this name itself. Choose another."
                self._faults.append(Fault(child.origin, join_key(key, name), message))

    def _check_primary(self, fusion: Block, node: Node, modalities: list[str]) -> None:
        primary = fusion.parameters.get("primary")
        if isinstance(primary, str) and primary not in modalities:
            place = node.mapping["primary"].place if "primary" in node.mapping else fusion.place
            self._faults.append(
                Fault(
                    place, join_key(fusion.key, "primary"), describe_missing_modality("the stream", primary, modalities)
                )
            )

    def _check_needs(self, block: Block, streams: Mapping[str, StreamSpec]) -> None:
        needs: Needs = getattr(block.cls, "needs", Needs())
        without = [name for name, stream in streams.items() if stream.memory is None]
        if len(streams) - len(without) >= needs.memories:
            return
        if len(streams) < needs.memories:
            problem = "there is only one" if len(streams) == 1 else f"there are only {len(streams)}"
        else:
            problem = f"{format_names(without)} {'have' if without[1:] else 'has'} none"
        count = {1: "one stream", 2: "two streams"}.get(needs.memories, f"{needs.memories} streams")
        self._faults.append(Fault(block.place, "", f"{block.key} needs {count} with a memory, but {problem}."))

    def _transforms(self, key: str, node: Node | None) -> tuple[Block, ...]:
        kinds, kind, other = _KINDS[key]
        blocks = []
        for index, entry in enumerate(node.entries if node else ()):
            block = self._make(entry, join_key(key, index), "transform")
            blocks.append(block)
            if block.cls is not UnknownComponent and not issubclass(block.cls, kinds):
                message = f"'{block.cls.name}' is not a {kind} transform, so it belongs under '{other}'."
                self._faults.append(Fault(entry.mapping["use"].place, join_key(block.key, "use"), message))
        return tuple(blocks)

    def _blocks(self, node: Node | None, key: str, slot: str) -> dict[str, Block]:
        items = node.mapping.items() if node else ()
        return {name: self._make(child, join_key(key, name), slot) for name, child in items}


def _settings(model: type[M], node: Node | None) -> M | None:
    return model.model_validate_json(json.dumps(to_plain(node))) if node else None
