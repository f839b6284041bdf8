"""Build the tables of the error of each emotion, with that of the train mean for comparison."""

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report.studies import describe_study
from mpcl_core.reporting.report.table import Table
from mpcl_core.runs.manifest import StudyManifest

NOTE = (
    "Weighted means over all test windows, averaged over seeds. A share is a part of the emotion distribution, which "
    "sums to 1. The error is the mean absolute difference between the true and the predicted share."
)


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
    found, baseline = run.window_summary(name), run.window_summary(mean)
    if found is None:
        return None
    columns = {
        "true share": found.true_shares,
        f"predicted share, {name}": found.predicted_shares,
        f"error, {name}": found.errors,
    }
    if mean != name and baseline is not None:
        columns[f"error, {mean}"] = baseline.errors
    rows = [
        [label, *(f"{values[number]:z.4f}" for values in columns.values())] for number, label in enumerate(study.labels)
    ]
    return Table(f"Error of each emotion, {describe_study(run, study)}", ["emotion", *columns], rows, [NOTE])
