"""Prepare the windows of a recipe once, and take them from the cache afterwards."""

from mpcl_core.data.cache.prepared_windows import WindowCache
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.spec.variant import VariantSpec


def cached_windows(recipe: str, spec: VariantSpec) -> WindowSet:
    """Return the prepared windows of a variant.

    Args:
        recipe: the name of the recipe, which ``mpcl cache ls`` shows.
        spec: the variant.

    Returns:
        The windows, equal to the last bit whether or not they come from the cache.

    Raises:
        DataError: the source's data are missing or invalid.
    """
    return WindowCache(recipe, lambda _: None).load(spec.source, spec.prepare)[0]
