"""Load a recipe: resolve its parents, options and variants into trees. Imports no torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from mpcl_core.interfaces.errors import Fault, Place, RecipeError, UsageError
from mpcl_core.recipe.grid import expand_grids
from mpcl_core.recipe.mapping import PLACE
from mpcl_core.recipe.merge import apply_patch, join_layers
from mpcl_core.recipe.node import Node, join_key
from mpcl_core.recipe.render import format_resolved_recipe
from mpcl_core.recipe.schema import (
    check_header,
    check_variant,
    check_variant_names,
    count_seeds,
    select_variant_keys,
)
from mpcl_core.recipes import located, place_in, unknown


@runtime_checkable
class ResolvedVariant(Protocol):
    """Describe a variant with known components, such as a spec."""

    @property
    def recipe(self) -> Mapping[str, Any]:
        """Return its plain values, with absolute paths."""


@dataclass(frozen=True)
class Variant:
    """Hold a resolved variant.

    Args:
        name: its name.
        node: its tree, without name, seeds, plugins and variants of the recipe.
        place: where the recipe states it.
    """

    name: str
    node: Node
    place: Place


@dataclass(frozen=True)
class Recipe:
    """Hold a recipe whose text is valid; its components are not known yet.

    Args:
        name: its name.
        seeds: each variant runs once for each.
        plugins: files to load before the components are looked up -> where the recipe names them.
        variants: name -> variant, in the order of the recipe.
        seeds_place: where the seeds are stated.
    """

    name: str
    seeds: tuple[int, ...]
    plugins: Mapping[Path, Place]
    variants: Mapping[str, Variant]
    seeds_place: Place

    def select(self, names: Sequence[str] | None) -> "Recipe":
        """Return the recipe with some of its variants only.

        Args:
            names: the names of the variants; all where None.

        Returns:
            The recipe with the variants in its own order.

        Raises:
            UsageError: a name is that of no variant, or there are none.
        """
        if names is None:
            return self
        if unknown := [name for name in names if name not in self.variants]:
            raise UsageError(f"no variant named '{unknown[0]}'. Variants: {', '.join(self.variants)}.")
        if not names:
            raise UsageError(f"no variant is selected. Variants: {', '.join(self.variants)}.")
        return replace(self, variants={name: each for name, each in self.variants.items() if name in names})

    def resolved(self, specs: Mapping[str, ResolvedVariant], plugins: Sequence[str] | None = None) -> str:
        """Format the recipe as text that needs no other file except plugins.

        The text is the same again when it is loaded and formatted once more.

        Args:
            specs: name of a variant -> its spec, which knows the values that are paths.
            plugins: how the text names the plugin files; None: the recipe's own, by absolute paths.

        Returns:
            The YAML text.
        """
        named = [str(path) for path in self.plugins] if plugins is None else list(plugins)
        head = {"name": self.name, "seeds": list(self.seeds), "plugins": named}
        return format_resolved_recipe(head, {name: spec.recipe for name, spec in specs.items()})


RecipeLike = str | Path | Mapping[str, Any] | Recipe
"""A recipe: a file, the name of a shipped recipe, a mapping of its keys and values, or a loaded recipe."""


def load(recipe: RecipeLike, sets: Sequence[str] = ()) -> Recipe:
    """Read a recipe.

    Args:
        recipe: its file, the name of a shipped recipe, a mapping of its keys and values, or a loaded recipe.
        sets: options ``key.key=value`` that patch it.

    Returns:
        The recipe, whose components are not looked up yet.

    Raises:
        RecipeError: with all faults of the text.
        UsageError: options are stated for a loaded recipe.

    Example:
        >>> load("mpcl", ["train.epochs=3"]).name
        'mpcl'
    """
    if isinstance(recipe, Recipe):
        if sets:
            raise UsageError("options patch a recipe while it is loaded: load_recipe(recipe, sets=…)")
        return recipe
    faults: list[Fault] = []
    source, place = _source(recipe)
    joined = join_layers(source, sets, faults)
    if joined is None:
        raise RecipeError(faults)
    later = joined.faults
    base = count_seeds(replace(joined.base, place=place), later)
    root = check_header(base, later)
    plugins = _plugins(base, later)
    check_variant_names(joined.variants, later)
    patches = expand_grids(base, joined.variants, later)
    variants = _variants(patches, select_variant_keys(base), later)
    known = {fault.place for fault in faults}
    faults += [fault for fault in later if fault.place not in known]
    if faults or root is None:
        raise RecipeError(faults)
    return Recipe(root.name, tuple(root.seeds), plugins, variants, base.mapping["seeds"].place)


def _source(recipe: str | Path | Mapping[str, Any]) -> tuple[Path | Mapping[str, Any], Place]:
    """Find a recipe.

    Args:
        recipe: its file, the name of a shipped recipe, or a mapping.

    Returns:
        The file or the mapping, and the place of its start.
    """
    if isinstance(recipe, Mapping):
        return recipe, PLACE
    path = located(recipe)
    if path is None:
        raise RecipeError([Fault(Place(str(recipe), 0, 0), "", unknown(recipe))])
    return path, place_in(path, 1, 1)


def _variants(patched: Mapping[str, Sequence[Node]], base: Node, faults: list[Fault]) -> dict[str, Variant]:
    variants = {}
    found: dict[str, list[Fault]] = {}
    for name, patches in patched.items():
        node = base
        found[name] = []
        for patch in patches:
            node = apply_patch(node, select_variant_keys(patch), found[name])
        node = replace(select_variant_keys(node), place=base.place)
        check_variant(node, found[name])
        variants[name] = Variant(name, node, patches[-1].place if patches else base.place)
    faults += merge_faults(found)
    return variants


def merge_faults(found: Mapping[str, Sequence[Fault]]) -> list[Fault]:
    """Merge the faults of all variants.

    Args:
        found: name of a variant -> its faults.

    Returns:
        Each fault once; one that not all variants have names those that have it.
    """
    variants: dict[Fault, list[str]] = {}
    for name, faults in found.items():
        for fault in dict.fromkeys(faults):
            variants.setdefault(fault, []).append(name)
    return [
        fault if len(names) == len(found) else replace(fault, message=f"{fault.message} {_only_in(names)}")
        for fault, names in variants.items()
    ]


def _only_in(names: Sequence[str]) -> str:
    return f"Only in variant{'s' if names[1:] else ''} {', '.join(names)}."


def resolve_path(node: Node) -> Path:
    """Return the absolute path that a node states.

    Args:
        node: its value is relative to the folder of its file (the current folder for ``--set``).

    Returns:
        The path.
    """
    path = Path(str(node.value))
    if path.parts[:1] == ("~",):
        path = path.expanduser()
    return (node.place.folder / path).absolute()


def _plugins(base: Node, faults: list[Fault]) -> dict[Path, Place]:
    nodes = base.mapping["plugins"].entries if "plugins" in base.mapping else ()
    found = {}
    for index, node in enumerate(nodes):
        if isinstance(node.value, str):
            path = resolve_path(node)
            found[path] = node.place
            if not path.is_file():
                faults.append(Fault(node.place, join_key("plugins", index), f"there is no file {path}."))
    return found
