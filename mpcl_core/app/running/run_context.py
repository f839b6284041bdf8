"""Provide a run to its jobs, in whatever process they run."""

import sys
from functools import lru_cache
from pathlib import Path

from mpcl_core.data.plan import with_baselines
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.jobs.tasks import run_tasks
from mpcl_core.recipe.assemble import assemble
from mpcl_core.recipe.load import load
from mpcl_registry.discover import discover

PLUGINS = "mpcl_plugins."
"""The start of the names of modules with plugins that come with the framework."""


def job_modules() -> list[str]:
    """List what every job imports, for processes that are forked to run jobs.

    Plugins of users are not among it: they may hold state, so each process imports its own.

    Returns:
        The modules of the engine, and the plugins of the framework that this process has imported.
    """
    plugins = [name for name in sys.modules if name.startswith(PLUGINS)]
    return [__name__, run_tasks.__module__, "einops.layers.torch", *plugins]


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
