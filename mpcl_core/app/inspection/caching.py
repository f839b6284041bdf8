"""Explain why the windows of a recipe are in the cache or not."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mpcl_core.app.inspection.checking import check
from mpcl_core.app.plugins.consent import NOT_OF_RUNS, PluginConsent
from mpcl_core.data.cache.explanation import CacheLookup, explain
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.recipe.load import load
from mpcl_core.spec.variant import VariantSpec


@dataclass(frozen=True)
class VariantsInCache:
    """Hold what the cache has for variants that share their windows.

    Args:
        variants: their names.
        lookup: what was found.
    """

    variants: tuple[str, ...]
    lookup: CacheLookup

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain values.

        Returns:
            The names, the key, whether the windows are stored, the nearest entry and how it differs.
        """
        found = self.lookup
        return {
            "variants": list(self.variants),
            "key": found.key,
            "cached": found.cached,
            "nearest": found.nearest.folder.name if found.nearest else None,
            "differences": [{"part": part, "here": a, "there": b} for part, (a, b) in found.differences.items()],
        }


def explain_recipe(
    recipe: str,
    root: Path,
    sets: Sequence[str] = (),
    plugins: Sequence[Path] = (),
    consent: PluginConsent = NOT_OF_RUNS,
) -> list[VariantsInCache]:
    """Look up the windows of a recipe's variants in the cache.

    Args:
        recipe: a file or the name of a shipped recipe.
        root: the folder of the cache.
        sets: options ``key.key=value`` that patch the recipe.
        plugins: plugin files beside the recipe's own.
        consent: whether the recipe's own plugin files may be imported.

    Returns:
        One answer for each group of variants that share their windows.

    Raises:
        RefusedPluginError: the recipe names plugin files that may not be imported.
        RecipeError: the recipe has faults.
        UsageError: the files of its source cannot be read.
    """
    groups: dict[str, list[VariantSpec]] = {}
    for spec in check(load(recipe, sets), plugins, consent).specs.values():
        same = json.dumps([spec.recipe.get(key) for key in ("source", "prepare")], sort_keys=True, default=str)
        groups.setdefault(same, []).append(spec)
    return [VariantsInCache(tuple(spec.name for spec in group), _lookup(group[0], root)) for group in groups.values()]


def _lookup(spec: VariantSpec, root: Path) -> CacheLookup:
    try:
        return explain(spec.source, spec.prepare, root)
    except OSError as error:
        raise UsageError(f"the files of '{spec.name}' cannot be read: {error}") from None
