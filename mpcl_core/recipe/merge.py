"""How recipes are joined: one rule for a parent (``extends``), a variant, the command line and the defaults.

A patch changes a mapping key by key; a scalar or a list replaces; ``null`` removes, and removing what the
parent lacks is a fault, so that a slip never runs the full model under an ablation's name; a block that names
another ``use`` replaces the whole block.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mpcl_core.interfaces.errors import Fault, Place
from mpcl_core.recipe.mapping import PLACE, read_mapping
from mpcl_core.recipe.node import Node, dotted, shown
from mpcl_core.recipe.yaml import parse, read
from mpcl_core.recipes import located, unknown

DEFAULTS = Path(__file__).with_name("defaults.yaml")
MAX_PARENTS = 20
OPTION = "--set"
"""The file that the places of options name."""


def patched(parent: Node, patch: Node, faults: list[Fault], key: str = "") -> Node:
    """Return the parent as the patch changes it.

    Everything keeps its place; a mapping takes that of its last patch. An option may change the entries of a list by
    their numbers (``prepare.0.length=2``), a recipe may not.

    Args:
        parent, patch: the trees.
        faults: takes what is wrong.
        key: the dotted key at which both stand.

    Returns:
        A new tree.
    """
    if isinstance(parent.value, tuple) and isinstance(patch.value, Mapping):
        if patch.place.file == OPTION:
            return _patched_entries(parent, patch, faults, key)
        message = "expected a list, got a mapping. A list is replaced as a whole, never entry by entry."
        faults.append(Fault(patch.place, key, message))
        return parent
    if not isinstance(patch.value, Mapping):
        return patch
    if not patch.value and isinstance(parent.value, Mapping):
        return parent
    found = {} if _another(parent, patch) else dict(parent.mapping)
    for name, child in patch.value.items():
        full = dotted(key, name)
        if child.value is not None:
            found[name] = patched(found.get(name, _NOTHING), child, faults, full)
        elif name in found:
            del found[name]
        else:
            faults.append(Fault(child.origin, full, _nothing_to_remove(found)))
    return replace(patch, value=found)


def _patched_entries(parent: Node, patch: Node, faults: list[Fault], key: str) -> Node:
    """Return a list whose numbered entries are patched, or removed with null."""
    entries = list(parent.entries)
    removed = set()
    for name, child in patch.mapping.items():
        if not name.isdecimal() or int(name) >= len(entries):
            numbers = f"0 to {len(entries) - 1}" if entries else "none: the list is empty"
            message = f"expected the number of an entry ({numbers}), got {shown(name)}."
            faults.append(Fault(child.origin, key, message))
        elif child.value is None:
            removed.add(int(name))
        else:
            entries[int(name)] = patched(entries[int(name)], child, faults, dotted(key, int(name)))
    return replace(parent, value=tuple(entry for number, entry in enumerate(entries) if number not in removed))


_NOTHING = Node(None, Place("", 0, 0))


def _another(parent: Node, patch: Node) -> bool:
    """Whether both are blocks and name different components."""
    old, new = (block.mapping["use"].value if "use" in block.mapping else None for block in (parent, patch))
    return isinstance(old, str) and isinstance(new, str) and old != new


def _nothing_to_remove(known: Mapping[str, Node]) -> str:
    has = f"The parent has: {', '.join(sorted(known))}." if known else "The parent has nothing here."
    return f"nothing to remove. {has}"


@dataclass
class Layers:
    """A recipe as a stack of patches, joined as they come.

    Args:
        base: the recipe without its variants.
        variants: name -> the patches of the base that make it, in order.
        faults: what did not fit.
    """

    base: Node
    variants: dict[str, list[Node]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def add(self, layer: Node) -> None:
        """Patch by a file or an option."""
        rest = {key: node for key, node in layer.mapping.items() if key not in ("extends", "variants")}
        self.base = patched(self.base, replace(layer, value=rest), self.faults)
        if variants := layer.mapping.get("variants"):
            self._add_variants(variants)

    def _add_variants(self, node: Node) -> None:
        if node.value is None:
            self.variants.clear()
        elif not isinstance(node.value, Mapping):
            message = f"expected a mapping of names to patches, got {shown(node.value)}."
            self.faults.append(Fault(node.place, "variants", message))
        for name, patch in node.mapping.items():
            self._add_variant(name, patch)

    def _add_variant(self, name: str, patch: Node) -> None:
        key = dotted("variants", name)
        if isinstance(patch.value, Mapping):
            self.variants.setdefault(name, []).append(patch)
        elif patch.value is not None:
            message = f"expected a patch, such as {{train: {{epochs: 3}}}}, got {shown(patch.value)}."
            self.faults.append(Fault(patch.place, key, message))
        elif name in self.variants:
            del self.variants[name]
        else:
            known = {known: patches[0] for known, patches in self.variants.items()}
            self.faults.append(Fault(patch.origin, key, _nothing_to_remove(known)))


def layers(recipe: Path | Mapping[str, Any], sets: Sequence[str], faults: list[Fault]) -> Layers | None:
    """Join a recipe with its parents and the defaults, which lie below it, and with the options, which lie above.

    Args:
        recipe: its file, or a mapping of its keys and values.
        sets: options ``key.key=value``, the last word on the recipe (a variant still patches it).
        faults: takes what is wrong with a text.

    Returns:
        The layers; None if a text is unreadable.
    """
    if isinstance(recipe, Mapping):
        stack = _parents(read_mapping(recipe, faults), Path(PLACE.file), faults)
    else:
        stack = _parents(_document(recipe, faults), recipe, faults)
    options = [option(text, number, faults) for number, text in enumerate(sets, 1)]
    if stack is None or None in options:
        return None
    joined = Layers(replace(stack[-1], value={}))
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
            message = f"expected the name or the path of a recipe, got {shown(extends.value)}."
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
        return f"these extend each other: {' -> '.join(map(str, files[first:]))}."
    return f"more than {MAX_PARENTS} parents." if len(files) > MAX_PARENTS + 1 else None


def _document(path: Path, faults: list[Fault], asked: Place | None = None, key: str = "") -> Node | None:
    node = read(path, faults, asked, key)
    if node and not isinstance(node.value, Mapping):
        faults.append(Fault(node.place, "", f"expected keys, such as 'name: mine', got {shown(node.value)}."))
        return None
    return node


def _defaults() -> Node:
    text = DEFAULTS.read_text(encoding="utf-8")
    node = parse(text, lambda line, column: Place("mpcl_core/recipe/defaults.yaml", line, column), [])
    assert node is not None
    return node


def option(text: str, number: int, faults: list[Fault]) -> Node | None:
    """The patch that an option ``key.key=value`` is; None where it is unreadable."""

    def place(column: int) -> Place:
        return Place(OPTION, number, column)

    path, equals, value = text.partition("=")
    names = path.split(".")
    if not equals or not all(names):
        message = f"expected key.key=value, such as train.epochs=3, got {shown(text)}."
        faults.append(Fault(place(1), "", message))
        return None
    if names[0] == "extends":
        faults.append(Fault(place(1), "extends", "a parent cannot be set, only stated in a recipe."))
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
        node = Node({name: replace(node, key_place=place(start + 1))}, place(start + 1))
    return node
