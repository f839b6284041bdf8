"""Provide a run to its jobs, in whatever process they run."""

from functools import lru_cache
from pathlib import Path

from mpcl_core.data.plan import with_baselines
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.recipe.assemble import assemble
from mpcl_core.recipe.load import load
from mpcl_registry.discover import discover


def run_context(recipe: Path) -> RunContext:
    """Return the variants and observers of a run; those of the last runs are cached for the next job.

    Args:
        recipe: the resolved recipe in the run folder.

    Returns:
        The specs of all variants and baselines, and the observers that plugins registered.

    Raises:
        RecipeError: the recipe has faults.
        PluginError: two plugins bring the same name, or a file does not exist.
    """
    return _run_context(recipe)


@lru_cache(maxsize=4)
def _run_context(recipe: Path) -> RunContext:
    loaded = load(recipe)
    discovery = discover(loaded.plugins)
    specs = with_baselines(assemble(loaded, discovery.catalog))
    return RunContext(specs, discovery.observers(), discovery.catalog.metric_list)
