"""Build the tables of searches: what each fold tried and chose, what it cost, and what it gained."""

from collections.abc import Iterator

from mpcl_core.evaluation.run import Run
from mpcl_core.recipe.node import format_value
from mpcl_core.reporting.report.table import Table, format_fixed, with_last_notes
from mpcl_core.runs.search_file import SearchTrial, best_trial

HEAD = (
    "fold",
    "seed",
    "trials",
    "ended early",
    "failed",
    "seconds",
    "inner KL, as stated",
    "inner KL, chosen",
    "chosen",
)
TRIAL_HEAD = ("trial", "fold", "seed", "state", "inner KL", "seconds", "values")

NOTES = (
    "Each fold searches for itself, with its training and validation windows only: a trial learns from a part of the "
    "people and predicts the others, and the setting with the lowest KL is trained again on all of them. Trial 0 is "
    "the setting that the recipe states. Where the search has a margin, another setting is chosen only if it is better "
    "by so many standard errors over the held-out people.",
    "Inner KL: the KL on the held-out people of the search, which favours the chosen setting, because it was chosen by "
    "it. What the search gains on new people stands in the results: compare the variant with one without a search.",
)


def build_search_tables(run: Run) -> list[Table]:
    """Build a table of chosen settings and a folded one of all trials for each variant with a search.

    Args:
        run: the run.

    Returns:
        The tables; the last one that is not folded has the notes.
    """
    tables = [table for name in run.own_variants if run.n_tried(name) > 1 for table in _build_tables(run, name)]
    return with_last_notes(tables, NOTES)


def _build_tables(run: Run, variant: str) -> Iterator[Table]:
    jobs = [
        (job.name, job.parent.name, trials) for job in run.begun_jobs(variant) if (trials := run.search_trials(job))
    ]
    if jobs:
        rows = [_build_row(*job) for job in jobs]
        yield Table(f"{variant}: chosen settings by fold", HEAD, rows)
        cells = [_build_trial_row(trial, fold, seed) for fold, seed, found in jobs for trial in found]
        yield Table(f"{variant}: all trials", TRIAL_HEAD, cells, is_folded=True)


def _build_row(fold: str, seed: str, trials: list[SearchTrial]) -> list[str]:
    best, states = best_trial(trials), [trial.state for trial in trials]
    return [
        *(fold, seed, str(len(trials)), str(states.count("pruned")), str(states.count("failed"))),
        f"{sum(trial.seconds for trial in trials):.1f}",
        _format_kl(trials[0].kl),
        _format_kl(best.kl if best else None),
        _format_values(best) if best else "–",
    ]


def _build_trial_row(trial: SearchTrial, fold: str, seed: str) -> list[str]:
    values = trial.error or _format_values(trial)
    return [str(trial.trial), fold, seed, trial.state, _format_kl(trial.kl), f"{trial.seconds:.1f}", values]


def _format_kl(kl: float | None) -> str:
    return "–" if kl is None else format_fixed(kl)


def _format_values(trial: SearchTrial) -> str:
    return ", ".join(f"{key} = {_format_number(value)}" for key, value in trial.values.items()) or "as stated"


def _format_number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else format_value(value)
