"""Compare a run with what is here now, and its folder with itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mpcl_core.app.inspection.checking import CheckedRecipe, check
from mpcl_core.app.plugins.consent import NOT_OF_RUNS, PluginConsent, RefusedPluginError
from mpcl_core.app.verification.metric_check import find_other_scores, find_other_seed_averages, loaded_metrics
from mpcl_core.app.verification.plugin_originals import find_changed_originals, refuse_changed_plugins
from mpcl_core.app.verification.prediction_check import find_other_predictions
from mpcl_core.app.verification.published_files import find_outdated_files
from mpcl_core.app.verification.truth_check import find_false_truth
from mpcl_core.data.plan import Study
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.verification import find_problems
from mpcl_core.interfaces.errors import UsageError, UserError
from mpcl_core.interfaces.metric import Metric
from mpcl_core.recipe.load import load
from mpcl_core.runs.digests import find_changed_files, find_foreign_files
from mpcl_core.runs.folder import check_run_folder
from mpcl_core.runs.integrity import FileProblem
from mpcl_core.runs.layout import RECIPE, SUMMARY_CSV, final, is_partial
from mpcl_core.runs.manifest import read_manifest
from mpcl_core.runs.manifest_diff import Difference, find_changed_folds, find_differences, find_misstatements
from mpcl_core.runs.predictions import Arrays

PUBLISHED = (SUMMARY_CSV,)
"""Files whose problems do not prevent that tables, figures and report are made again."""


@dataclass(frozen=True)
class Verification:
    """Hold what differs from a run.

    Args:
        folder: the run.
        differences: what decides the numbers and is not as it was when the run was made.
        fault: why the differences cannot be found; empty where they were.
        problems: files of the folder that are missing, damaged, or contradict each other.
        foreign_files: files that are not of the run; they are no difference, and nothing vouches for them.
    """

    folder: Path
    differences: Sequence[Difference]
    fault: str
    problems: Sequence[FileProblem]
    foreign_files: Sequence[str]

    @property
    def lines(self) -> list[str]:
        """Return one line for each difference; none where nothing differs."""
        return [*map(str, self.differences), *([self.fault] if self.fault else []), *map(str, self.problems)]

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain values.

        Returns:
            Field -> value.
        """
        return {
            "run": str(self.folder),
            "same": not self.lines,
            "differences": [{"what": each.subject, "then": each.then, "now": each.now} for each in self.differences],
            "fault": self.fault,
            "flaws": [{"file": problem.file, "what": problem.what} for problem in self.problems],
            "foreign_files": list(self.foreign_files),
        }


def verify(
    folder: Path,
    plugins: Sequence[Path],
    on_message: Callable[[str], None],
    consent: PluginConsent = NOT_OF_RUNS,
    digest: str = "",
) -> Verification:
    """Compare a run with what is here now, and its folder with itself.

    Args:
        folder: the run.
        plugins: plugin files beside the recipe's own.
        on_message: called with a line for each source that is read, and one for the models that predict again.
        consent: whether the run's own plugin files may be imported; where not, only its files are checked.
        digest: the digest that the run printed and that was kept elsewhere; empty where none was.

    Returns:
        What differs.

    Raises:
        UsageError: the folder is no complete run, or its manifest cannot be read.
    """
    check_run_folder(folder)
    if is_partial(folder):
        raise UsageError(f"{folder} is not complete: finish it with 'mpcl run --resume {final(folder)}'")
    run, false_truth, studies, metrics = Run(folder), list[FileProblem](), list[Study](), list[Metric]()
    originals = list(find_changed_originals(folder, run.manifest, on_message))
    try:
        refuse_changed_plugins(folder, digest)
        checked = check(load(folder / RECIPE), plugins, consent)
        studies += checked.studies(on_message)
        found, fault = run_differences(checked, folder, studies), ""
        metrics += loaded_metrics(run, checked.discovery.catalog.metrics)
        false_truth += find_other_seed_averages(run, metrics)
        false_truth += find_other_predictions(run, studies, plugins, consent, on_message)
    except RefusedPluginError as error:
        found, fault = [], f"not checked: recipe, code, versions, data and folds. {error}"
    except UserError as error:
        found, fault = [], f"the recipe of the run cannot be run now: {error}"

    def check_predictions(job: Path, arrays: Arrays) -> None:
        false_truth.extend(find_false_truth(job, arrays, studies))
        false_truth.extend(find_other_scores(job, arrays, metrics))

    problems = list(find_problems(run, check_predictions))
    is_sound = all(problem.file in PUBLISHED for problem in problems)
    published = list(find_outdated_files(run)) if is_sound else []
    explained = [*problems, *false_truth, *published]
    named = {problem.file for problem in explained}
    changed = [problem for problem in find_changed_files(folder, digest) if problem.file not in named]
    return Verification(folder, found, fault, [*explained, *changed, *originals], find_foreign_files(folder))


def run_differences(checked: CheckedRecipe, folder: Path, studies: Sequence[Study]) -> list[Difference]:
    """List what decides the numbers of a run and is not as it was when the run was made.

    Args:
        checked: the recipe that the run folder stores.
        folder: the run.
        studies: the studies of the recipe, as the data are now.

    Returns:
        The differences.
    """
    then = read_manifest(folder)
    now = checked.manifest(then.device, studies)
    return [*find_differences(then, now), *find_misstatements(then, now), *find_changed_folds(folder, then)]
