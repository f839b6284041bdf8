"""Read the block ``search`` of a variant, and make the variants that its trials run."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec

from mpcl_core.interfaces.errors import Fault
from mpcl_core.interfaces.suggestions import suggest_name
from mpcl_core.recipe.grid import dotted_patch
from mpcl_core.recipe.merge import apply_patch
from mpcl_core.recipe.node import Node, format_names, join_key
from mpcl_core.recipe.schema import check_variant
from mpcl_core.spec.search import SearchRange, SearchSettings, Values

SEARCH = "search"
SEARCHED = ("dim", "transforms", "pool", "streams", "head", "objectives", "estimator", "train")
"""The keys of a variant that a search may set: those that change what is learned, not the windows or the folds."""

REFUSED = {
    "BruteForceSampler": (
        "BruteForceSampler stops by itself after all combinations, which a search inside a fold cannot. "
        "Write the values as a grid instead, or choose another sampler."
    )
}
"""Sampler -> why no search can use it."""

LIBRARIES = {"CmaEsSampler": "cmaes"}
"""Sampler -> the library that it needs beside those that come with Optuna."""

EXTRA = "a search needs Optuna, which is not installed: pip install 'mpcl[hpo]'."


def set_values(variant: Node, values: Values, faults: list[Fault]) -> Node:
    """Set values of a variant, and remove its search.

    Args:
        variant: the tree of the resolved variant.
        values: dotted key -> value.
        faults: takes what is wrong.

    Returns:
        The tree.
    """
    place = variant.mapping[SEARCH].place
    tree = replace(variant, value={key: child for key, child in variant.mapping.items() if key != SEARCH})
    for key, value in values.items():
        tree = apply_patch(tree, dotted_patch(key, Node(value, place)), faults)
    check_variant(tree, faults)
    return tree


def check_search(
    variant: Node, settings: SearchSettings, assembles: Callable[[Node, list[Fault]], object]
) -> list[Fault]:
    """Check the names of a search, and that the variant accepts the ends of intervals and each choice.

    Args:
        variant: the tree of the resolved variant.
        settings: its search.
        assembles: assembles a tree, and adds what is wrong to a list.

    Returns:
        The faults, at the places in the space.
    """
    node = variant.mapping[SEARCH]
    if faults := [*_key_faults(node, settings), *_optuna_faults(node, settings)]:
        return faults
    for key, axis in settings.space.items():
        for value in axis.ends if isinstance(axis, SearchRange) else axis:
            found: list[Fault] = []
            tree = set_values(variant, {key: value}, found)
            if not found:
                assembles(tree, found)
            place, name = node.mapping["space"].mapping[key].origin, f"{SEARCH}.space.{key}"
            faults += [Fault(place, name, f"with {value!r}: {fault.message}") for fault in found[:1]]
    return faults


def _key_faults(node: Node, settings: SearchSettings) -> Iterator[Fault]:
    for key in settings.space:
        place, name = node.mapping["space"].mapping[key].origin, f"{SEARCH}.space.{key}"
        if key.partition(".")[0] not in SEARCHED:
            message = (
                f"a search can set keys of {format_names(list(SEARCHED))}, which change neither windows nor folds."
            )
            yield Fault(place, name, message)
        elif key.rpartition(".")[2] == "use":
            yield Fault(place, name, "a search does not choose components. State a variant for each of them.")


def _optuna_faults(node: Node, settings: SearchSettings) -> Iterator[Fault]:
    if find_spec("optuna") is None:
        yield Fault(node.origin, SEARCH, EXTRA)
        return
    import optuna

    for key, name, module in (
        ("sampler", settings.sampler, optuna.samplers),
        ("pruner", settings.pruner, optuna.pruners),
    ):
        known = [each for each in module.__all__ if each.lower().endswith(key) and each.lower() != f"base{key}"]
        known = [each for each in known if _is_usable(getattr(module, each), key)]
        if name not in known:
            message = f"there is no {key} '{name}'.{suggest_name(name, known)} Possible: {', '.join(known)}."
        elif not (message := REFUSED.get(name, "") or _missing_library(name)):
            continue
        yield Fault(node.mapping[key].place if key in node.mapping else node.origin, join_key(SEARCH, key), message)


def _missing_library(name: str) -> str:
    """Return what a sampler or a pruner lacks.

    Returns:
        A message; empty where it lacks nothing.
    """
    library = LIBRARIES.get(name)
    if library is None or find_spec(library) is not None:
        return ""
    return f"{name} needs the library {library}, which is not installed: pip install {library}."


def _is_usable(cls: Callable[..., object], kind: str) -> bool:
    """Return whether a class can be built from a seed alone, or a pruner from nothing.

    Returns:
        Whether it can.
    """
    parameters = dict(inspect.signature(cls).parameters)
    if kind == "sampler" and parameters.pop("seed", None) is None:
        return False
    return all(
        each.default is not each.empty or each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
        for each in parameters.values()
    )
