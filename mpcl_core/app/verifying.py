"""Compare a run with what is here now, and its folder with itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mpcl_core.app.checking import CheckedRecipe, check
from mpcl_core.app.plugin_consent import NOT_OF_RUNS, PluginConsent, RefusedPluginError
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.verification import find_problems
from mpcl_core.interfaces.errors import UsageError, UserError
from mpcl_core.recipe.load import load
from mpcl_core.runs.folder import check_run_folder
from mpcl_core.runs.integrity import FileProblem
from mpcl_core.runs.layout import RECIPE, final, is_partial
from mpcl_core.runs.manifest import read_manifest
from mpcl_core.runs.manifest_diff import Difference, find_changed_folds, find_differences


@dataclass(frozen=True)
class Verification:
    """Hold what differs from a run.

    Args:
        folder: the run.
        differences: what decides the numbers and is not as it was when the run was made.
        fault: why the differences cannot be found; empty where they were.
        problems: files of the folder that are missing, damaged, or contradict each other.
    """

    folder: Path
    differences: Sequence[Difference]
    fault: str
    problems: Sequence[FileProblem]

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
        }


def verify(
    folder: Path,
    plugins: Sequence[Path],
    on_message: Callable[[str], None],
    consent: PluginConsent = NOT_OF_RUNS,
) -> Verification:
    """Compare a run with what is here now, and its folder with itself.

    Args:
        folder: the run.
        plugins: plugin files beside the recipe's own.
        on_message: called with a line for each source that is read.
        consent: whether the run's own plugin files may be imported; where not, only its files are checked.

    Returns:
        What differs.

    Raises:
        UsageError: the folder is no complete run, or its manifest cannot be read.
    """
    check_run_folder(folder)
    if is_partial(folder):
        raise UsageError(f"{folder} is not complete: finish it with 'mpcl run --resume {final(folder)}'")
    try:
        found, fault = run_differences(check(load(folder / RECIPE), plugins, consent), folder, on_message), ""
    except RefusedPluginError as error:
        found, fault = [], f"not checked: recipe, code, versions, data and folds. {error}"
    except UserError as error:
        found, fault = [], f"the recipe of the run cannot be run now: {error}"
    return Verification(folder, found, fault, list(find_problems(Run(folder))))


def run_differences(checked: CheckedRecipe, folder: Path, on_message: Callable[[str], None]) -> list[Difference]:
    """List what decides the numbers of a run and is not as it was when the run was made.

    Args:
        checked: the recipe that the run folder stores.
        folder: the run.
        on_message: called with a line for each source that is read.

    Returns:
        The differences.

    Raises:
        DataError: the data are not what they should be.
        RecipeError: the protocol cannot split them.
    """
    then = read_manifest(folder)
    now = checked.manifest(then.device, checked.studies(on_message))
    return [*find_differences(then, now), *find_changed_folds(folder, then)]
