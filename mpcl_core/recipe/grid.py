"""Turn grids into variants: each point of the product of some keys' values is a variant with a name of its own.

A recipe's ``grid`` multiplies each of its variants, a variant's ``grid`` only this variant. ``{train.lr: [0.01, 0.001],
dim: [16, 32]}`` makes ``lr-0.01_dim-16``, ``lr-0.01_dim-32`` …, with the variant's name before them where it has one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from math import prod

from mpcl_core.interfaces.errors import Fault
from mpcl_core.recipe.merge import apply_patch
from mpcl_core.recipe.node import Node, format_value, join_key
from mpcl_core.recipe.render import MAIN
from mpcl_core.recipe.schema import refuse_variant_key

GRID = "grid"
MAX_POINTS = 1000
"""Points of one grid; a search over more is no grid search."""

Patches = Sequence[Node]


def expand_grids(base: Node, variants: Mapping[str, Patches], faults: list[Fault]) -> dict[str, Patches]:
    """Replace each variant that has a grid, of its own or of the recipe, by the points of the grids.

    Args:
        base: the recipe without its variants.
        variants: name -> its patches, in order; none for a recipe without variants.
        faults: takes what is wrong with a grid.

    Returns:
        Name -> patches without grids.
    """
    shared = _axes(base.mapping.get(GRID), GRID, faults)
    found: dict[str, Patches] = {}
    for name, patches in (variants or {MAIN: []}).items():
        axes = {**shared, **_axes(_merged_grid(patches, faults), f"variants.{name}.{GRID}", faults)}
        own = [_without_grid(patch) for patch in patches]
        prefix = f"{name}_" if variants else ""
        for point, values in _points(axes, faults):
            full = prefix + point if point else name
            if full in found:
                message = f"two variants would be named '{full}'; give values that differ in their names."
                faults.append(Fault(values[-1].place if values else own[-1].place, GRID, message))
            found[full] = [*own, *(dotted_patch(key, value) for key, value in zip(axes, values, strict=True))]
    return found


def _merged_grid(patches: Patches, faults: list[Fault]) -> Node | None:
    """Merge the grids of a variant's patches by the rule for all patches.

    Returns:
        The grid; None where no patch has one.
    """
    merged: Node | None = None
    for patch in patches:
        own = patch.mapping.get(GRID)
        if own is not None:
            merged = apply_patch(merged, own, faults, GRID) if merged else own
    return merged


def _without_grid(patch: Node) -> Node:
    return replace(patch, value={key: child for key, child in patch.mapping.items() if key != GRID})


def _axes(grid: Node | None, key: str, faults: list[Fault]) -> dict[str, Node]:
    """Read the axes of a grid.

    Returns:
        Dotted key -> the node of its list of values.
    """
    if grid is None or grid.value is None:
        return {}
    if not isinstance(grid.value, Mapping):
        message = (
            f"expected keys with lists of values, such as {{train.lr: [0.01, 0.001]}}, got {format_value(grid.value)}."
        )
        faults.append(Fault(grid.place, key, message))
        return {}
    for name, child in grid.mapping.items():
        if message := refuse_variant_key(name.partition(".")[0]):
            faults.append(Fault(child.origin, join_key(key, name), message))
    axes = dict(_leaves(grid, ""))
    for name, values in list(axes.items()):
        if not values.entries:
            stated = "an empty list" if isinstance(values.value, tuple) else format_value(values.value)
            message = f"expected a list of at least one value, got {stated}."
            faults.append(Fault(values.place, join_key(key, name), message))
            del axes[name]
    if (points := prod(len(values.entries) for values in axes.values())) > MAX_POINTS:
        faults.append(Fault(grid.place, key, f"the grid has {points} points; at most {MAX_POINTS} are possible."))
        return {}
    return axes


def _leaves(node: Node, prefix: str) -> Iterator[tuple[str, Node]]:
    for name, child in node.mapping.items():
        full = f"{prefix}.{name}" if prefix else name
        if child.mapping:
            yield from _leaves(child, full)
        else:
            yield full, child


def _points(axes: Mapping[str, Node], faults: list[Fault]) -> Iterator[tuple[str, Sequence[Node]]]:
    """Yield the points of the product.

    Yields:
        Name of the point, empty without axes, and a value for each axis.
    """
    short = _short_names(list(axes))
    for numbered in product(*(list(enumerate(values.entries, 1)) for values in axes.values())):
        parts = [f"{short[key]}-{_label(value, n)}" for key, (n, value) in zip(axes, numbered, strict=True)]
        yield "_".join(parts), [value for _, value in numbered]


def _short_names(keys: Sequence[str]) -> dict[str, str]:
    """Shorten dotted keys to their last part, or to as many as tell them apart.

    Returns:
        Key -> its name in variants.
    """
    found = {}
    for key in keys:
        parts = key.split(".")
        lengths = range(1, len(parts) + 1)
        tails = (".".join(parts[-length:]) for length in lengths)
        found[key] = next(
            t for t in tails if t == key or not [k for k in keys if k != key and f".{k}".endswith(f".{t}")]
        )
    return found


def _label(value: Node, number: int) -> str:
    """Write a value in the name of a variant.

    Returns:
        A number or a word as it is, the name of a component, else the value's number in its list.
    """
    plain = value.mapping["use"].value if "use" in value.mapping else value.value
    if isinstance(plain, Mapping | tuple):
        return str(number)
    return re.sub(r"[^A-Za-z0-9._-]+", "-", format_value(plain).strip("'")) or str(number)


def dotted_patch(key: str, value: Node) -> Node:
    """Make the patch that sets a dotted key.

    Args:
        key: the dotted key.
        value: its value.

    Returns:
        Nested mappings, which may name entries of lists by their numbers.
    """
    for name in reversed(key.split(".")):
        value = Node({name: value}, value.place, may_patch_entries=True)
    return value
