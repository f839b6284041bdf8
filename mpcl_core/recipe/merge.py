"""Merge recipes by one rule, which applies to parents (``extends``), variants, options and the defaults.

A patch changes a mapping key by key; a scalar or a list replaces; ``null`` removes, and removing what the parent
lacks is a fault, so that a misspelt key never runs the full model under an ablation's name; a block that names
another ``use`` replaces the block.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mpcl_core.interfaces.errors import Fault, Place
from mpcl_core.recipe.mapping import PLACE, read_mapping
from mpcl_core.recipe.node import Node, format_value, join_key
from mpcl_core.recipe.yaml import parse, read
from mpcl_core.recipes import located, unknown

DEFAULTS = Path(__file__).with_name("defaults.yaml")
MAX_PARENTS = 20
OPTION = "--set"
"""The file that the places of options name."""


def apply_patch(parent: Node, patch: Node, faults: list[Fault], key: str = "") -> Node:
    """Apply a patch to a parent.

    Everything keeps its place; a mapping takes that of its last patch. An option and a grid may change the entries of
    a list by their numbers (``prepare.0.length``), a recipe may not.

    Args:
        parent, patch: the trees.
        faults: takes what is wrong.
        key: the dotted key at which both stand.

    Returns:
        A new tree.
    """
    if isinstance(parent.value, tuple) and isinstance(patch.value, Mapping):
        if patch.may_patch_entries:
            return _patched_entries(parent, patch, faults, key)
        message = "expected a list, got a mapping. A list is replaced as a whole, never entry by entry."
        faults.append(Fault(patch.place, key, message))
        return parent
    if not isinstance(patch.value, Mapping):
        return patch
    if not patch.value and isinstance(parent.value, Mapping):
        return parent
    found = {} if _names_other_component(parent, patch) else dict(parent.mapping)
    for name, child in patch.value.items():
        full = join_key(key, name)
        if child.value is not None:
            found[name] = apply_patch(found.get(name, _NOTHING), child, faults, full)
        elif name in found:
            del found[name]
        else:
            faults.append(Fault(child.origin, full, _nothing_to_remove(found)))
    return replace(patch, value=found)


def _patched_entries(parent: Node, patch: Node, faults: list[Fault], key: str) -> Node:
    """Patch the numbered entries of a list, or remove them with null.

    Args:
        parent: the list.
        patch: number -> patch.
        faults: takes what is wrong.
        key: the dotted key of the list.

    Returns:
        The new list.
    """
    entries = list(parent.entries)
    removed = set()
    for name, child in patch.mapping.items():
        if not name.isdecimal() or int(name) >= len(entries):
            numbers = f"0 to {len(entries) - 1}" if entries else "none: the list is empty"
            message = f"expected the number of an entry ({numbers}), got {format_value(name)}."
            faults.append(Fault(child.origin, key, message))
        elif child.value is None:
            removed.add(int(name))
        else:
            entries[int(name)] = apply_patch(entries[int(name)], child, faults, join_key(key, int(name)))
    return replace(parent, value=tuple(entry for number, entry in enumerate(entries) if number not in removed))


_NOTHING = Node(None, Place("", 0, 0))


def _names_other_component(parent: Node, patch: Node) -> bool:
    """Return whether both are blocks and name different components.

    Args:
        parent, patch: the trees.

    Returns:
        Whether ``use`` differs.
    """
    old, new = (block.mapping["use"].value if "use" in block.mapping else None for block in (parent, patch))
    return isinstance(old, str) and isinstance(new, str) and old != new


def _nothing_to_remove(known: Mapping[str, Node]) -> str:
    content = f"The parent has: {', '.join(sorted(known))}." if known else "The parent has nothing here."
    return f"nothing to remove. {content}"


@dataclass
class RecipeLayers:
    """Merge the layers of a recipe in order.

    Args:
        base: the recipe without its variants.
        variants: name -> the patches of the base that make it, in order.
        faults: takes what is wrong.
    """

    base: Node
    variants: dict[str, list[Node]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def add(self, layer: Node) -> None:
        """Apply a file or an option.

        Args:
            layer: its tree.
        """
        rest = {key: node for key, node in layer.mapping.items() if key not in ("extends", "variants")}
        self.base = apply_patch(self.base, replace(layer, value=rest), self.faults)
        if variants := layer.mapping.get("variants"):
            self._add_variants(variants)

    def _add_variants(self, node: Node) -> None:
        if node.value is None:
            self.variants.clear()
        elif not isinstance(node.value, Mapping):
            message = f"expected a mapping of names to patches, got {format_value(node.value)}."
            self.faults.append(Fault(node.place, "variants", message))
        for name, patch in node.mapping.items():
            self._add_variant(name, patch)

    def _add_variant(self, name: str, patch: Node) -> None:
        key = join_key("variants", name)
        if isinstance(patch.value, Mapping):
            self.variants.setdefault(name, []).append(patch)
        elif patch.value is not None:
            message = f"expected a patch, such as {{train: {{epochs: 3}}}}, got {format_value(patch.value)}."
            self.faults.append(Fault(patch.place, key, message))
        elif name in self.variants:
            del self.variants[name]
        else:
            known = {known: patches[0] for known, patches in self.variants.items()}
            self.faults.append(Fault(patch.origin, key, _nothing_to_remove(known)))


def join_layers(recipe: Path | Mapping[str, Any], sets: Sequence[str], faults: list[Fault]) -> RecipeLayers | None:
    """Merge a recipe with its parents and the defaults, which it patches, and the options, which patch it.

    Args:
        recipe: its file, or a mapping of its keys and values.
        sets: options ``key.key=value``, which patch the recipe last (a variant still patches the result).
        faults: takes what is wrong with a text.

    Returns:
        The layers; None if a text is unreadable.
    """
    if isinstance(recipe, Mapping):
        stack = _parents(read_mapping(recipe, faults), Path(PLACE.file), faults)
    else:
        stack = _parents(_document(recipe, faults), recipe, faults)
    options = [parse_option(text, number, faults) for number, text in enumerate(sets, 1)]
    if stack is None or None in options:
        return None
    joined = RecipeLayers(replace(stack[-1], value={}))
    for layer in [*stack, *options]:
        if layer:
            joined.add(layer)
    return joined


def _parents(node: Node | None, path: Path, faults: list[Fault]) -> list[Node] | None:
    """Find the parents of a recipe.

    Args:
        node: the tree of the recipe; None where it is unreadable.
        path: the file of the recipe.
        faults: takes what is wrong.

    Returns:
        The trees, the outermost parent first and the recipe last; None where one is unreadable.
    """
    texts: list[Node] = []
    files = [path]
    while node and (extends := node.mapping.get("extends")) and extends.value is not None:
        texts.insert(0, node)
        if not isinstance(extends.value, str):
            message = f"expected the name or the path of a recipe, got {format_value(extends.value)}."
            faults.append(Fault(extends.place, "extends", message))
            return None
        parent = located(extends.value, files[-1].parent)
        if parent is None:
            faults.append(Fault(extends.place, "extends", unknown(extends.value)))
            return None
        files.append(parent)
        node = _document(parent, faults, extends.place, "extends")
        if node and (problem := _circle(files)):
            faults.append(Fault(extends.place, "extends", problem))
            return None
    if node is None:
        return None
    start = [] if "extends" in node.mapping else [_defaults()]
    return [*start, node, *texts]


def _circle(files: Sequence[Path]) -> str | None:
    known = [file.resolve() for file in files]
    if known[-1] in known[:-1]:
        first = known.index(known[-1])
        return f"these recipes extend each other: {' -> '.join(map(str, files[first:]))}."
    return f"more than {MAX_PARENTS} parents." if len(files) > MAX_PARENTS + 1 else None


def _document(path: Path, faults: list[Fault], requested_by: Place | None = None, key: str = "") -> Node | None:
    node = read(path, faults, requested_by, key)
    if node and not isinstance(node.value, Mapping):
        faults.append(Fault(node.place, "", f"expected keys, such as 'name: mine', got {format_value(node.value)}."))
        return None
    return node


def _defaults() -> Node:
    text = DEFAULTS.read_text(encoding="utf-8")
    node = parse(text, lambda line, column: Place("mpcl_core/recipe/defaults.yaml", line, column), [])
    assert node is not None
    return node


def parse_option(text: str, number: int, faults: list[Fault]) -> Node | None:
    """Parse an option ``key.key=value`` into a patch.

    Args:
        text: the option.
        number: its number among the options, from 1, which its places name as their line.
        faults: takes what is wrong.

    Returns:
        The patch; None where the option is unreadable.
    """

    def place(column: int) -> Place:
        return Place(OPTION, number, column)

    path, equals, value = text.partition("=")
    names = path.split(".")
    if not equals or not all(names):
        message = f"expected key.key=value, such as train.epochs=3, got {format_value(text)}."
        faults.append(Fault(place(1), "", message))
        return None
    if names[0] == "extends":
        faults.append(Fault(place(1), "extends", "an option cannot set the parent. State it in the recipe."))
        return None
    start = len(path) + 1
    if not value.strip():
        faults.append(Fault(place(start), path, "no value. Write null to remove it."))
        return None
    node = parse(value, lambda line, column: place(column + start if line == 1 else len(text) + 1), faults, path)
    for name in reversed(names):
        if node is None:
            return None
        start -= len(name) + 1
        inner = replace(node, key_place=place(start + 1))
        node = Node({name: inner}, place(start + 1), may_patch_entries=True)
    return node
