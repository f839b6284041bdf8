"""Test whether a model beats the mean although its labels were shuffled: code (e).

The labels of the fitting windows are exchanged, trial with trial, in ``N_JOBS`` folds (or in one fold that many
times). What a model then knows of a test label beyond the mean reached it by another path. It is compared with the
best mixture of the mean and the uniform distribution, since a model that learns nothing may lie anywhere between them.
Test windows of one fold share one model, so folds are the units: the KL must be lower by more than ``MIN_GAIN`` of it,
at 99 % (one-sided t).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float64

from mpcl_core.data.plan import Study
from mpcl_core.evaluation.metrics import micro_mean, window_scores
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.leaks.finding import AuditNote, Finding, Observation
from mpcl_core.leaks.traced_job import ExperimentJob, JobTrace
from mpcl_core.leaks.window_groups import fitting_indices, group_ids, take_evenly

N_JOBS = 4
MIN_GAIN = 0.02
EPOCHS = 10
MAX_FITTING, MAX_TEST = 500, 200


def plan_shuffled_jobs(study: Study, variants: Sequence[str], seed: int) -> list[list[ExperimentJob]]:
    """Plan jobs whose fitting windows have shuffled labels.

    Args:
        study: its windows and folds.
        variants: names of the variants to run.
        seed: the seed of the first repetition; the others count on from it.

    Returns:
        ``N_JOBS`` repetitions with one job of each variant.
    """
    numbers = np.linspace(0, len(study.folds) - 1, N_JOBS).round().astype(int).tolist()
    parts = [_shuffled_fold(study.windows, study.folds[number], repeat) for repeat, number in enumerate(numbers)]
    return [
        [ExperimentJob(name, seed + repeat, numbers[repeat], *part, EPOCHS) for name in variants]
        for repeat, part in enumerate(parts)
    ]


def find_label_knowledge(
    repetitions: Sequence[Sequence[ExperimentJob]], traces: Sequence[Sequence[JobTrace]]
) -> Iterator[Observation]:
    """Find variants that predict the test labels better than the mean although theirs were shuffled.

    Args:
        repetitions: the jobs as `plan_shuffled_jobs` returns them.
        traces: the trace of each job, in the same order.

    Yields:
        At most one observation of each variant.
    """
    for jobs, own_traces in zip(zip(*repetitions, strict=True), zip(*traces, strict=True), strict=True):
        variant = jobs[0].variant
        if error := next((trace.error for trace in own_traces if trace.error), ""):
            yield AuditNote("not-tried", (variant,), f"a job failed, so (e) could not be checked: {error}")
            continue
        kl, mean = np.array([_scores(job, trace.D_pred) for job, trace in zip(jobs, own_traces, strict=True)]).T
        if _lower_bound(1 - kl / mean) > MIN_GAIN:
            n_tested = sum(len(trace.D_pred) for trace in own_traces)
            start = f"with shuffled labels, the mean KL of {N_JOBS} jobs is {kl.mean():z.4f}"
            message = f"{start}; a prediction of the mean reaches {mean.mean():z.4f}"
            yield Finding("shuffled-labels (e)", (variant,), message, n_tested, n_tested)


def _shuffled_fold(windows: WindowSet, fold: Fold, seed: int) -> tuple[WindowSet, Fold]:
    """Select some windows of a fold and exchange the labels of its fitting windows.

    Args:
        windows: the study's windows.
        fold: the fold.
        seed: of the exchange.

    Returns:
        Training, validation and test windows one after the other, and the fold in their indices.
    """
    limits = ((fold.train, MAX_FITTING), (fold.validation, MAX_FITTING // 4), (fold.test, MAX_TEST))
    train, validation, test = (take_evenly(np.sort(side), limit) for side, limit in limits)
    part = windows.take(np.concatenate([train, validation, test]))
    a, b, c = np.cumsum([len(train), len(validation), len(test)])
    D = np.concatenate([_shuffle_labels(part.take(np.arange(b)), seed), part.D[b:]])
    return replace(part, D=D), Fold(np.arange(a), np.arange(a, b), np.arange(b, c), fold.label)


def _shuffle_labels(windows: WindowSet, seed: int) -> Float64[np.ndarray, "N k"]:
    """Give each trial the label of the next one in a random order.

    Where the windows of a trial do not share one label, the labels are exchanged window by window.

    Args:
        windows: N windows.
        seed: of the order.

    Returns:
        The exchanged labels (N, k).
    """
    trial, first = np.unique(group_ids(windows, "subject", "trial"), return_index=True, return_inverse=True)[1:][::-1]
    if (windows.trial == "").any() or not np.array_equal(windows.D[first][trial], windows.D):
        trial, first = np.arange(len(windows)), np.arange(len(windows))
    order = np.random.default_rng(seed).permutation(len(first))
    donor = np.empty_like(order)
    donor[order] = np.roll(order, 1)
    shuffled: Float64[np.ndarray, "N k"] = windows.D[first[donor[trial]]]
    return shuffled


def _scores(job: ExperimentJob, D_pred: Float64[np.ndarray, "T k"]) -> tuple[float, float]:
    """Score a job and the constant predictions that it is compared with.

    Args:
        job: its windows and fold.
        D_pred: its predictions of the T test windows.

    Returns:
        The KL of the job, and the lowest KL of the constant predictions between the mean and the uniform one.
    """
    fitting, test = job.windows.take(fitting_indices(job.fold)), job.windows.take(job.fold.test)
    mean = np.average(fitting.D, axis=0, weights=fitting.weight)
    constants = [share * mean + (1 - share) / test.n_outputs for share in np.linspace(0, 1, 11)]
    return _kl(test, D_pred), min(_kl(test, np.tile(D, (len(test), 1))) for D in constants)


def _kl(test: WindowSet, D_pred: Float64[np.ndarray, "T k"]) -> float:
    return micro_mean(window_scores(test.D, D_pred).by_metric, test.weight)["kl_divergence"]


def _lower_bound(gain: Float64[np.ndarray, "J"]) -> float:
    from scipy.stats import t

    return float(gain.mean() - t.ppf(0.99, len(gain) - 1) * gain.std(ddof=1) / np.sqrt(len(gain)))
