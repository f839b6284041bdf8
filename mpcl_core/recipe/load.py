"""The text stage: a recipe with its parents, options and variants -> resolved trees. Imports no torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from mpcl_core.interfaces.errors import Fault, Place, RecipeError
from mpcl_core.recipe.mapping import PLACE
from mpcl_core.recipe.merge import Layers, layers, patched
from mpcl_core.recipe.node import Node, dotted
from mpcl_core.recipe.render import MAIN, resolved_text
from mpcl_core.recipe.schema import check_root, check_study, check_variant_names, study_of
from mpcl_core.recipes import located, place_in, unknown


@runtime_checkable
class Resolved(Protocol):
    """A variant whose components are known: a spec."""

    @property
    def recipe(self) -> Mapping[str, Any]:
        """Its plain values, with absolute paths."""


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
        name: its name.
        seeds: one run of each variant for each.
        plugins: files to load before the components are looked up, and where the recipe names them.
        variants: by name, in the order of the recipe.
    """

    name: str
    seeds: tuple[int, ...]
    plugins: Mapping[Path, Place]
    variants: Mapping[str, Variant]

    def resolved(self, specs: Mapping[str, Resolved], plugins: Sequence[str] | None = None) -> str:
        """The text of a recipe that needs no other file but plugins, and is the same when it is read again.

        Args:
            specs: variant -> its spec, which knows which values are paths.
            plugins: how to name the plugin files; the recipe's own by their absolute paths where None.
        """
        named = [str(path) for path in self.plugins] if plugins is None else list(plugins)
        head = {"name": self.name, "seeds": list(self.seeds), "plugins": named}
        return resolved_text(head, {name: spec.recipe for name, spec in specs.items()})


def load(recipe: str | Path | Mapping[str, Any], sets: Sequence[str] = ()) -> Recipe:
    """Read a recipe.

    Args:
        recipe: its file, the name of a shipped recipe, or a mapping of its keys and values.
        sets: options ``key.key=value`` that patch it.

    Returns:
        The recipe, whose components are not looked up yet.

    Raises:
        RecipeError: with all faults of the text.

    Example:
        >>> load("mpcl", ["train.epochs=3"]).name
        'mpcl'
    """
    faults: list[Fault] = []
    source, place = _source(recipe)
    joined = layers(source, sets, faults)
    if joined is None:
        raise RecipeError(faults)
    base = replace(joined.base, place=place)
    later = joined.faults
    root = check_root(base, later)
    plugins = _plugins(base, later)
    check_variant_names(joined.variants, later)
    variants = _variants(joined, study_of(base), later)
    known = {fault.place for fault in faults}
    faults += [fault for fault in later if fault.place not in known]
    if faults or root is None:
        raise RecipeError(faults)
    return Recipe(root.name, tuple(root.seeds), plugins, variants)


def _source(recipe: str | Path | Mapping[str, Any]) -> tuple[Path | Mapping[str, Any], Place]:
    """Return the file of a recipe, or its mapping, and the place of its start."""
    if isinstance(recipe, Mapping):
        return recipe, PLACE
    path = located(recipe)
    if path is None:
        raise RecipeError([Fault(Place(str(recipe), 0, 0), "", unknown(recipe))])
    return path, place_in(path, 1, 1)


def _variants(joined: Layers, base: Node, faults: list[Fault]) -> dict[str, Variant]:
    variants = {}
    found: dict[str, list[Fault]] = {}
    for name, patches in (joined.variants or {MAIN: []}).items():
        node = base
        found[name] = []
        for patch in patches:
            node = patched(node, study_of(patch), found[name])
        node = replace(study_of(node), place=base.place)
        check_study(node, found[name])
        variants[name] = Variant(name, node)
    faults += once(found)
    return variants


def once(found: Mapping[str, Sequence[Fault]]) -> list[Fault]:
    """The faults of all variants, each once; one that not all have says which do."""
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


def stated_path(node: Node) -> Path:
    """The absolute path of a text, relative to the folder of its file (the current one for ``--set``)."""
    path = Path(str(node.value))
    if path.parts[:1] == ("~",):
        path = path.expanduser()
    return (node.place.folder / path).absolute()


def _plugins(base: Node, faults: list[Fault]) -> dict[Path, Place]:
    nodes = base.mapping["plugins"].entries if "plugins" in base.mapping else ()
    found = {}
    for index, node in enumerate(nodes):
        if isinstance(node.value, str):
            path = stated_path(node)
            found[path] = node.place
            if not path.is_file():
                faults.append(Fault(node.place, dotted("plugins", index), f"there is no file {path}."))
    return found
