"""Prepare the windows of a recipe once, take them from the cache afterwards, and return them as arrays."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.recipe.load import load
from mpcl_core.sklearn.arguments import checked_sets
from mpcl_core.sklearn.frames import as_frame
from mpcl_core.sklearn.table import to_array, value_names

if TYPE_CHECKING:
    from mpcl_core.spec.variant import VariantSpec


def cached_windows(recipe: str, spec: "VariantSpec") -> WindowSet:
    """Return the prepared windows of a variant.

    Args:
        recipe: the name of the recipe, which ``mpcl cache ls`` shows.
        spec: the variant.

    Returns:
        The windows, equal to the last bit whether or not they come from the cache.

    Raises:
        DataError: the source's data are missing or invalid.
    """
    from mpcl_core.data.cache.prepared_windows import WindowCache

    return WindowCache(recipe, lambda _: None).load(spec.source, spec.prepare)[0]


def arrays(
    recipe: str | Path | Mapping[str, Any], sets: Sequence[str] = (), *, frames: bool = False
) -> tuple[Any, Any, Any, tuple[Modality, ...]]:
    """Return the prepared windows of a recipe's first variant as arrays, from the cache if possible.

    Args:
        recipe: the file, the name of a shipped recipe, or a mapping of its keys and values.
        sets: patches of the recipe, as ``("source.subjects=3",)``.
        frames: return DataFrames of pandas, whose columns name the values of ``X`` and the emotions of ``y``.

    Returns:
        ``X`` (n, f) the columns of all modalities, ``y`` (n, k) the emotion distributions, ``groups`` (n,) the
        subjects, and the modalities of the columns.

    Raises:
        ValueError: ``sets`` is no sequence of texts.
        RecipeError: the recipe cannot be used.
        DataError: the source's data are missing or invalid.

    Example:
        >>> X, y, groups, modalities = arrays("described", ("source.subjects=2", "source.trials=2", "source.seconds=8"))
        >>> [modality.name for modality in modalities]
        ['eeg', 'ppg', 'gsr', 'face']
    """
    from mpcl_core.app.inspection.checking import variant_specs

    loaded = load(recipe, checked_sets(sets))
    windows = cached_windows(loaded.name, next(iter(variant_specs(loaded).values())))
    X, y = to_array(windows), windows.D
    if frames:
        names = [name for modality in windows.modalities for name in value_names(modality)]
        X, y = as_frame(X, names), as_frame(y, windows.labels)
    return X, y, windows.subject, windows.modalities
