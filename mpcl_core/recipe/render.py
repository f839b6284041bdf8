"""A checked recipe as the text that a run keeps: one file, complete, and the same when it is read again."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from mpcl_core.interfaces.errors import Fault, Place
from mpcl_core.recipe.merge import patched
from mpcl_core.recipe.node import Node, plain
from mpcl_core.recipe.yaml import NUMBER

Values = Mapping[str, Any]


MAIN = "main"
"""The name of the only variant of a recipe without variants."""


def resolved_text(head: Values, variants: Mapping[str, Values]) -> str:
    """A recipe with everything that it took from elsewhere. ``extends: null`` keeps later defaults out.

    The first variant is written out and the others as patches of it, where that says the same.

    Args:
        head: name, seeds, plugins.
        variants: the plain values of each variant.
    """
    base = _base(list(variants.values()))
    own = {name: difference(base, variant) for name, variant in variants.items()}
    return _text({"extends": None, **head, **base, **({} if own == {MAIN: {}} else {"variants": own})})


def _base(variants: Sequence[Values]) -> dict[str, Any]:
    """The keys of the first variant that patches can turn into what the others have there."""
    first, *others = variants
    return {
        key: value
        for key, value in first.items()
        if all(_becomes({key: value}, {key: other[key]}) for other in others if key in other)
    }


def difference(old: Values, new: Values) -> dict[str, Any]:
    """The patch that makes ``new`` of ``old``, but for the order of keys."""
    patch: dict[str, Any] = {key: None for key in old if key not in new}
    for key, value in new.items():
        if key not in old or not _is_patchable(old[key], value):
            if key not in old or _text(old[key]) != _text(value):
                patch[key] = value
        elif inner := difference(old[key], value):
            patch[key] = inner
    return patch


def _is_patchable(old: object, new: object) -> bool:
    both = isinstance(old, Mapping) and isinstance(new, Mapping)
    return both and old.get("use") == new.get("use")  # type: ignore[attr-defined]


def _becomes(old: Values, new: Values) -> bool:
    faults: list[Fault] = []
    result = patched(_node(old), _node(difference(old, new)), faults)
    return not faults and _text(plain(result)) == _text(new)


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
    """Writes no aliases, and puts in quotes what our reader would take for a number."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_Dumper.add_implicit_resolver("!number", NUMBER, list("-+.0123456789"))
