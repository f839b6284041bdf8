"""Choose the variant of a recipe that an estimator of scikit-learn trains."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mpcl_core.app.inspection.checking import variant_specs
from mpcl_core.recipe.load import Recipe, load
from mpcl_core.sklearn.arguments import checked_sets
from mpcl_core.sklearn.settings import apply_settings, checked_settings
from mpcl_core.spec.variant import VariantSpec


def choose_variant(
    recipe: str | Path | Mapping[str, Any],
    variant: str | None,
    sets: Sequence[str],
    settings: Mapping[str, Any] | None,
) -> Recipe:
    """Load a recipe with the parameters of an estimator.

    Args:
        recipe: the file, the name of a shipped recipe, or a mapping of its keys and values.
        variant: the variant; None for the only one.
        sets: patches of the recipe.
        settings: dotted key -> value, which patch the variant last.

    Returns:
        The recipe with its chosen variant only.

    Raises:
        ValueError: a parameter is wrong, or names no variant.
        RecipeError: the recipe cannot be used.
    """
    loaded = load(recipe, checked_sets(sets))
    name = next(iter(loaded.variants)) if variant is None and len(loaded.variants) == 1 else variant
    if name is None or name not in loaded.variants:
        raise ValueError(f"variant is {variant!r}, but must be one of {', '.join(loaded.variants)}")
    return apply_settings(loaded.select([name]), checked_settings(settings))


def trainable_spec(recipe: Recipe) -> VariantSpec:
    """Assemble the only variant of a recipe.

    Args:
        recipe: as `choose_variant` returns it.

    Returns:
        Its spec.

    Raises:
        ValueError: it has a search.
    """
    (spec,) = variant_specs(recipe).values()
    if spec.search is not None:
        raise ValueError(f"'{spec.name}' has a search, which runs make; search with GridSearchCV or state the values")
    return spec
