"""Find the runs that a comparison needs, and make those that are missing."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mpcl_core.app.plugins.consent import NOT_OF_RUNS, PluginConsent
from mpcl_core.app.running.settings import RunSettings
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.jobs.progress import ProgressDisplay
from mpcl_core.recipe.load import load
from mpcl_core.recipes import is_recipe, unknown
from mpcl_core.runs.folder import check_run_folder
from mpcl_core.runs.integrity import newest_complete_run

if TYPE_CHECKING:
    from mpcl_core.app.inspection.checking import CheckedRecipe


def compared_runs(
    stated: Sequence[str | Path],
    plugins: Sequence[Path],
    settings: RunSettings,
    display: ProgressDisplay,
    consent: PluginConsent = NOT_OF_RUNS,
) -> tuple[list[Path], list[str]]:
    """Return the run folders of runs and recipes.

    A recipe stands for its newest complete run; it is run where it has none, or where something has changed since.

    Args:
        stated: run folders and recipes; a recipe is a file or the name of a shipped recipe.
        plugins: plugin files beside the recipes' own.
        settings: how missing runs are made.
        display: where progress is shown.
        consent: whether the plugin files of the recipes may be imported; runs need none.

    Returns:
        The run folders in the order in which they or their recipes were stated, and the errors of failed jobs.

    Raises:
        RefusedPluginError: a recipe names plugin files that may not be imported.
        RecipeError: a recipe has faults; none is run then.
        UsageError: a folder is not that of a run; no recipe is run then.
        DataError: the data of a recipe are not what they should be.
    """
    for name in stated:
        if not Path(name).exists() and not is_recipe(name):
            raise UsageError(f"there is no run folder '{name}'; {unknown(name)}")
        if not is_recipe(name):
            check_run_folder(Path(name))
    recipes = {name: load(name) for name in stated if is_recipe(name)}
    if not recipes:
        return [Path(name) for name in stated], []
    from mpcl_core.app.inspection.checking import check  # imports torch, which results do not need

    checked = {name: check(recipe, plugins, consent) for name, recipe in recipes.items()}
    found = {name: _run_of(str(name), recipe, settings, display) for name, recipe in checked.items()}
    folders = [found[name][0] if name in found else Path(name) for name in stated]
    return folders, [error for _, errors in found.values() for error in errors]


def _run_of(
    name: str, checked: "CheckedRecipe", settings: RunSettings, display: ProgressDisplay
) -> tuple[Path, list[str]]:
    from mpcl_core.app.running.running import RUNS, run
    from mpcl_core.app.verification.verifying import run_differences

    folder = newest_complete_run(RUNS / checked.recipe.name, checked.resolved_text)
    if folder is not None:
        changed = run_differences(checked, folder, checked.studies(display.on_message))
        if not changed:
            display.on_message(f"{name}: {folder} is its newest run")
            return folder, []
        display.on_message(f"{name}: {folder} differs from a run of today ({changed[0]}), so the recipe is run again")
    finished = run(checked, None, settings, display)
    return finished.folder, [outcome.error for outcome in finished.failed]
