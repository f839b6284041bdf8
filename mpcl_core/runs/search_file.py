"""Write and read ``search.jsonl``: a line for each setting that the search of a job tried."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from mpcl_core.runs.atomic_files import write_atomically
from mpcl_core.runs.layout import SEARCH
from mpcl_core.toolkit.bounded_json import LARGEST_JSON, parse_json, read_bytes

TrialState = Literal["complete", "pruned", "failed"]


class SearchTrial(BaseModel):
    """Hold a setting that was tried.

    Args:
        trial: its number; 0 is the recipe's own setting.
        values: dotted key -> value; empty for the recipe's own.
        state: whether it was tried on all validation sides, ended early by the pruner, or failed.
        kl: the KL on the validation windows of all sides that were run; None where the trial failed.
        kl_by_fold: the KL on each validation side, one after the other.
        kl_by_subject: the KL of each held-out person, in the order of their names; empty where the search has no margin
            or the trial failed.
        is_better: whether it is better than the recipe's own setting by the margin of the search; True without one.
        seconds: how long it took.
        error: why it failed; empty where it did not.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    trial: int
    values: dict[str, bool | int | float | str]
    state: TrialState
    kl: float | None
    kl_by_fold: list[float]
    kl_by_subject: list[float] = []
    is_better: bool = True
    seconds: float
    error: str = ""


def write_search(job: Path, trials: Sequence[SearchTrial]) -> None:
    """Write the trials of a job's search.

    Args:
        job: the job's folder.
        trials: all trials so far.
    """
    text = "".join(json.dumps(trial.model_dump()) + "\n" for trial in trials)
    write_atomically(job / SEARCH, text.encode())


def read_search(job: Path) -> list[SearchTrial]:
    """Read the trials of a job's search.

    Args:
        job: the job's folder.

    Returns:
        The trials; none without the file.

    Raises:
        OSError, ValueError: the file is damaged.
    """
    if not (job / SEARCH).exists():
        return []
    lines = read_bytes(job / SEARCH, LARGEST_JSON).splitlines()
    try:
        trials = [SearchTrial.model_validate(parse_json(line)) for line in lines]
    except ValidationError as error:
        raise ValueError(f"a line is no trial: {error.errors()[0]['msg']}") from None
    if [trial.trial for trial in trials] != list(range(len(trials))):
        raise ValueError("the trials are not numbered one after the other")
    return trials


def best_trial(trials: Sequence[SearchTrial]) -> SearchTrial | None:
    """Return the trial that a search chooses: the lowest KL of those completed and better by the margin.

    The first of equals is returned.

    Args:
        trials: the trials.

    Returns:
        The trial; None where none was completed.
    """
    complete = [trial for trial in trials if trial.state == "complete" and trial.kl is not None and trial.is_better]
    return min(complete, key=lambda trial: (trial.kl, trial.trial), default=None)
