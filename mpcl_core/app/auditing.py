"""Look for leaks in recipes and runs."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from mpcl_core.app.inspection.checking import CheckedRecipe, check
from mpcl_core.app.plugins.consent import NOT_OF_RUNS, PluginConsent
from mpcl_core.app.running.run_context import job_modules, run_context
from mpcl_core.data.plan import Study, with_baselines
from mpcl_core.evaluation.run import Run
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.leaks.audit import audit_studies
from mpcl_core.leaks.finding import AuditReport
from mpcl_core.leaks.finished_run import find_changes, use_tested_windows
from mpcl_core.recipe.load import RecipeLike, load
from mpcl_core.reporting.report import write_report
from mpcl_core.runs.atomic_files import write_json
from mpcl_core.runs.digests import update_digests
from mpcl_core.runs.folder import check_run_folder
from mpcl_core.runs.layout import AUDIT, RECIPE, REPORT
from mpcl_core.runs.manifest import read_manifest


def audit(
    what: RecipeLike,
    sets: Sequence[str],
    plugins: Sequence[Path],
    on_message: Callable[[str], None],
    consent: PluginConsent = NOT_OF_RUNS,
) -> AuditReport:
    """Look for leaks in a recipe, or in a run, whose folder then stores the report.

    Args:
        what: the folder of a run, or a recipe: a file, the name of a shipped recipe, a mapping, or a loaded recipe.
        sets: options ``key.key=value`` that patch the recipe.
        plugins: plugin files beside the recipe's own.
        on_message: called with a line for each check.
        consent: whether the plugin files of the recipe or the run may be imported.

    Returns:
        The findings and notes.

    Raises:
        RefusedPluginError: there are plugin files that may not be imported.
        UsageError: the folder is no run, or a run is to be patched.
        DataError: the data are not what they should be.
        RecipeError: the recipe has faults, or its protocol cannot split the windows.
    """
    folder = Path(what) if isinstance(what, str | Path) and Path(what).is_dir() else None
    if folder is not None:
        check_run_folder(folder)
        if sets:
            raise UsageError("--set patches a recipe; a run is audited as it was made")
        what = folder / RECIPE
    checked = check(load(what, sets), plugins, consent)
    studies = checked.studies(on_message)
    if folder is None:
        return _audit(checked, studies, on_message)
    notes = list(find_changes(read_manifest(folder), checked.manifest("cpu", studies)))
    tested = [use_tested_windows(study, folder) for study in studies]
    notes += [note for _, found in tested for note in found]
    report = _audit(checked, [study for study, _ in tested], on_message)
    report = replace(report, observations=[*notes, *report.observations])
    write_json(folder / AUDIT, report.as_json())
    write_report(Run(folder))
    update_digests(folder, [AUDIT, REPORT])
    return report


def _audit(checked: CheckedRecipe, studies: Sequence[Study], on_message: Callable[[str], None]) -> AuditReport:
    recipe = checked.recipe
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / RECIPE
        path.write_text(recipe.resolved(checked.specs, [str(file) for file in checked.plugin_files]), encoding="utf-8")
        context = partial(run_context, path)
        specs = with_baselines(checked.specs)
        return audit_studies(recipe.name, studies, specs, recipe.seeds[0], context, job_modules(), on_message)
