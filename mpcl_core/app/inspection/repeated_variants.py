"""Name the variants of a recipe that repeat another one."""

from collections.abc import Mapping

from mpcl_core.spec.variant import VariantSpec


def repeated_variant_notes(specs: Mapping[str, VariantSpec]) -> list[str]:
    """Describe the variants whose resolved settings are all those of an earlier one.

    Such a variant is trained a second time and adds no finding. It is seldom meant: a block with the same ``use``
    keeps the parameters of its parent, so that leaving one out does not give its default.

    Args:
        specs: name -> variant, in the order of the recipe.

    Returns:
        One sentence for each variant that repeats another.
    """
    notes, names = [], list(specs)
    for at, name in enumerate(names):
        first = next((other for other in names[:at] if specs[other].recipe == specs[name].recipe), None)
        if first is not None:
            notes.append(
                f"{name}: the same settings as {first}; a block with the same 'use' keeps the parameters of its parent "
                "that it does not state."
            )
    return notes
