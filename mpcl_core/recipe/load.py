"""The text stage: a recipe's file, its parents, its options and its variants -> resolved trees. Imports no torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from mpcl_core.interfaces.errors import Fault, Place, RecipeError
from mpcl_core.recipe.merge import Layers, layers, patched
from mpcl_core.recipe.node import Node, dotted
from mpcl_core.recipe.schema import check_root, check_study, check_variant_names, study_of
from mpcl_core.recipe.yaml import NUMBER

MAIN = "main"
"""The name of the only variant of a recipe without variants."""


@dataclass(frozen=True)
class Variant:
    """A resolved variant.

    Args:
        name: its name.
        node: everything that it consists of; name, seeds, plugins and variants of the recipe left out.
    """

    name: str
    node: Node


@dataclass(frozen=True)
class Recipe:
    """A recipe whose text is right; its components are not known yet.

    Args:
        path: the file.
        name: its name.
        seeds: one run of each variant for each.
        plugins: files to load before the components are looked up.
        variants: by name, in the order of the recipe.
    """

    path: Path
    name: str
    seeds: tuple[int, ...]
    plugins: tuple[Path, ...]
    variants: Mapping[str, Variant]


def load(path: Path, sets: Sequence[str] = ()) -> Recipe:
    """Read a recipe.

    Args:
        path: its file.
        sets: options ``key.key=value`` that patch it.

    Raises:
        RecipeError: with all faults of the text.
    """
    faults: list[Fault] = []
    joined = layers(path, sets, faults)
    if joined is None:
        raise RecipeError(faults)
    top = Place(str(path), 1, 1)
    base = replace(joined.base, place=top)
    seen = {fault.place for fault in faults}
    later: list[Fault] = []
    root = check_root(base, later)
    check_variant_names(joined.variants, later)
    variants, of_variants = _variants(joined, study_of(base))
    plugins = _plugins(base, later)
    later += once(of_variants)
    faults += [fault for fault in later if fault.place not in seen]
    if faults or root is None:
        raise RecipeError(faults)
    return Recipe(path, root.name, tuple(root.seeds), plugins, variants)
