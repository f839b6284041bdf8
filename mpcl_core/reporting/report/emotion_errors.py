"""How far off each emotion is: mean |D − D_pred| of its share, beside that of the train mean."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report.result_section import headline, titled
from mpcl_core.reporting.report.table import Table
from mpcl_core.runs.manifest import StudyManifest
from mpcl_core.runs.predictions import Predictions


def emotions(run: Run) -> list[Table]:
    """A table for each study with predictions, of its headline variant."""
    return [table for study in run.studies if (table := _table(run, study)) is not None]


def _table(run: Run, study: StudyManifest) -> Table | None:
    name, mean = headline(run, study), run.mean_baseline(study)
    found = _seeds(run, name)
    if not found or name is None:
        return None
    columns = {
        "true share": np.average(found[0].D, axis=0, weights=found[0].weight),
        f"predicted share, {name}": _mean(found, "shares"),
        f"error, {name}": _mean(found, "errors"),
    }
    if mean != name and (of_mean := _seeds(run, mean)):
        columns[f"error, {mean}"] = _mean(of_mean, "errors")
    rows = [
        [label, *(f"{values[number]:.4f}" for values in columns.values())] for number, label in enumerate(study.labels)
    ]
    notes = ["Weighted means over all test rows, averaged over seeds; an error is mean |D − D_pred| of the share."]
    return Table(f"Error of each emotion, {titled(run, study)}", ["emotion", *columns], rows, notes)


def _seeds(run: Run, name: str | None) -> list[Predictions]:
    return [found for _, found in run.seed_predictions(name)] if name else []


def _mean(seeds: Sequence[Predictions], of: str) -> Float64[np.ndarray, "k"]:
    from mpcl_core.reporting.figures.distributions import error_by_emotion

    if of == "errors":
        return np.asarray(np.mean([error_by_emotion(seed) for seed in seeds], axis=0))
    return np.asarray(np.mean([np.average(seed.D_pred, axis=0, weights=seed.weight) for seed in seeds], axis=0))
