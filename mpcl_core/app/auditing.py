"""Looks for leaks in recipes and runs, and for what has changed since a run."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from mpcl_core.app.checking import CheckedRecipe
from mpcl_core.app.running import open_run_context
from mpcl_core.audit.audit import audit_studies
from mpcl_core.audit.finding import AuditReport, Notice
from mpcl_core.audit.finished_run import find_changes, use_tested_windows
from mpcl_core.data.plan import with_baselines
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report import write as write_report
from mpcl_core.runs.atomic_files import write_json
from mpcl_core.runs.layout import AUDIT, RECIPE
from mpcl_core.runs.manifest import read_manifest
from mpcl_core.runs.manifest_diff import Difference, find_changed_folds, find_differences


def audit(checked: CheckedRecipe, folder: Path | None, console: Console) -> AuditReport:
    """Look for leaks in a recipe, or in a run of it.

    Args:
        checked: the recipe.
        folder: the run, which keeps the answer as ``audit.json``; None where there is none.
        console: where progress is shown.

    Raises:
        DataError: the data are not what they should be.
        RecipeError: the protocol cannot split them.
    """
    recipe, specs = checked.recipe, with_baselines(checked.specs)
    plan = checked.read(console)
    notices: list[Notice] = []
    if folder is not None:
        notices += find_changes(read_manifest(folder), checked.manifest("cpu", plan))
        tested = [use_tested_windows(study, folder) for study in plan]
        plan = [study for study, _ in tested]
        notices += [notice for _, said in tested for notice in said]
    with TemporaryDirectory() as scratch:
        text = Path(scratch) / RECIPE
        text.write_text(recipe.resolved(checked.specs, [str(path) for path in checked.files]))
        opener = partial(open_run_context, text)
        tell = partial(console.print, highlight=False, markup=False, soft_wrap=True)
        report = audit_studies(recipe.name, plan, specs, recipe.seeds[0], opener, tell)
    report = replace(report, observations=[*notices, *report.observations])
    if folder is not None:
        write_json(folder / AUDIT, report.as_json())
        write_report(Run(folder))
    return report


def verify(checked: CheckedRecipe, folder: Path, console: Console) -> list[Difference]:
    """What decides the numbers of a run and is not as it was when the run was made.

    Args:
        checked: the recipe that the run folder keeps.
        folder: the run.
        console: where progress is shown.

    Raises:
        DataError: the data are not what they should be.
        RecipeError: the protocol cannot split them.
    """
    then = read_manifest(folder)
    now = checked.manifest(then.device, checked.read(console))
    return [*find_differences(then, now), *find_changed_folds(folder, then)]
