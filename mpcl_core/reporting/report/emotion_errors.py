"""Build the tables of the error of each emotion, with that of the train mean for comparison."""

from mpcl_core.evaluation.emotion_errors import emotion_errors, predicted_shares, true_shares
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report.studies import describe_study
from mpcl_core.reporting.report.table import Table
from mpcl_core.runs.manifest import StudyManifest
from mpcl_core.runs.predictions import Predictions

NOTE = "Weighted means over all test windows, averaged over seeds. The error is the mean |D − D_pred| of the share."


def build_emotion_tables(run: Run) -> list[Table]:
    """Build a table for each study with predictions, of its headline variant.

    Args:
        run: the run.

    Returns:
        The tables.
    """
    return [table for study in run.studies if (table := _build_table(run, study)) is not None]


def _build_table(run: Run, study: StudyManifest) -> Table | None:
    name, mean = run.headline(study), run.mean_baseline(study)
    seeds = _read_seeds(run, name)
    if not seeds or name is None:
        return None
    columns = {
        "true share": true_shares(seeds[0]),
        f"predicted share, {name}": predicted_shares(seeds),
        f"error, {name}": emotion_errors(seeds),
    }
    if mean != name and (mean_seeds := _read_seeds(run, mean)):
        columns[f"error, {mean}"] = emotion_errors(mean_seeds)
    rows = [
        [label, *(f"{values[number]:z.4f}" for values in columns.values())] for number, label in enumerate(study.labels)
    ]
    return Table(f"Error of each emotion, {describe_study(run, study)}", ["emotion", *columns], rows, [NOTE])


def _read_seeds(run: Run, name: str | None) -> list[Predictions]:
    return [found for _, found in run.seed_predictions(name)] if name else []
