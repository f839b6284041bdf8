"""Format a checked recipe as the complete text that a run stores, which is the same when it is read again."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from mpcl_core.interfaces.errors import Fault, Place
from mpcl_core.recipe.merge import apply_patch
from mpcl_core.recipe.node import Node, to_plain
from mpcl_core.recipe.yaml import NUMBER

Values = Mapping[str, Any]


MAIN = "main"
"""The name of the only variant of a recipe without variants."""


def format_resolved_recipe(head: Values, variants: Mapping[str, Values]) -> str:
    """Format a recipe with everything that it took from its parents, options and defaults.

    ``extends: null`` excludes later defaults. The first variant is written out, the others as patches of it where a
    patch can express them.

    Args:
        head: name, seeds, plugins.
        variants: name -> the plain values of a variant.

    Returns:
        The YAML text.
    """
    base = _base(list(variants.values()))
    own = {name: find_patch(base, variant) for name, variant in variants.items()}
    return _text({"extends": None, **head, **base, **({} if own == {MAIN: {}} else {"variants": own})})


def _base(variants: Sequence[Values]) -> dict[str, Any]:
    """Return the keys of the first variant that patches can turn into those of the others.

    Args:
        variants: the plain values of each variant.

    Returns:
        Key -> value.
    """
    first, *others = variants
    return {
        key: value
        for key, value in first.items()
        if all(_can_be_patched({key: value}, {key: other[key]}) for other in others if key in other)
    }


def find_patch(old: Values, new: Values) -> dict[str, Any]:
    """Find the patch that turns ``old`` into ``new``, apart from the order of keys.

    Args:
        old, new: plain values.

    Returns:
        The patch.
    """
    patch: dict[str, Any] = {key: None for key in old if key not in new}
    for key, value in new.items():
        if key not in old or not _is_patchable(old[key], value):
            if key not in old or _text(old[key]) != _text(value):
                patch[key] = value
        elif inner := find_patch(old[key], value):
            patch[key] = inner
    return patch


def _is_patchable(old: object, new: object) -> bool:
    both = isinstance(old, Mapping) and isinstance(new, Mapping)
    return both and old.get("use") == new.get("use")  # type: ignore[attr-defined]


def _can_be_patched(old: Values, new: Values) -> bool:
    faults: list[Fault] = []
    result = apply_patch(_node(old), _node(find_patch(old, new)), faults)
    return not faults and _text(to_plain(result)) == _text(new)


def _node(value: object) -> Node:
    nowhere = Place("", 0, 0)
    if isinstance(value, Mapping):
        return Node({key: _node(child) for key, child in value.items()}, nowhere)
    if isinstance(value, list):
        return Node(tuple(map(_node, value)), nowhere)
    return Node(value, nowhere)  # type: ignore[arg-type]


def _text(value: object) -> str:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)


class _Dumper(yaml.SafeDumper):
    """Write no aliases, and quote text that the recipe reader would read as a number."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_Dumper.add_implicit_resolver("!number", NUMBER, list("-+.0123456789"))
