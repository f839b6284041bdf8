"""Whether a model beats the mean although its labels were shuffled: code (e).

The labels of the fitting rows change places, trial with trial, in ``TIMES`` folds (or in one fold so many times).
What a model then knows of a test label beyond the mean, it was told in another way. It is compared with the best
mixture of the mean and the uniform distribution, since a model that learns nothing may lie anywhere between them. Test
rows of one fold share one model, so folds are the units: the KL must be lower by more than ``LEAST`` of it, at 99 %
(one-sided t).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float64

from mpcl_core.audit.finding import Finding, Notice, Remark
from mpcl_core.audit.traced_job import Step, Trace
from mpcl_core.audit.window_groups import groups, spread
from mpcl_core.data.plan import Study
from mpcl_core.evaluation.metrics import micro_mean, window_scores
from mpcl_core.interfaces.data import Fold, WindowSet

TIMES = 4
LEAST = 0.02
EPOCHS = 10
MOST_FITTING, MOST_TEST = 500, 200


def steps(study: Study, variants: Sequence[str], seed: int) -> list[list[Step]]:
    """The jobs to try: ``TIMES`` times one of each variant."""
    numbers = np.linspace(0, len(study.folds) - 1, TIMES).round().astype(int).tolist()
    parts = [_shuffled(study.windows, study.folds[number], time) for time, number in enumerate(numbers)]
    return [
        [Step(name, seed + time, numbers[time], *part, EPOCHS) for name in variants] for time, part in enumerate(parts)
    ]


def judged(times: Sequence[Sequence[Step]], traces: Sequence[Sequence[Trace]]) -> Iterator[Remark]:
    """What the predictions say, variant by variant."""
    for steps, mine in zip(zip(*times, strict=True), zip(*traces, strict=True), strict=True):
        variant = steps[0].variant
        if error := next((trace.error for trace in mine if trace.error), ""):
            yield Notice("not-tried", (variant,), f"a job failed, so (e) could not be tried: {error}")
            continue
        kl, mean = np.array([_scores(step, trace.D_pred) for step, trace in zip(steps, mine, strict=True)]).T
        if _lower_bound(1 - kl / mean) > LEAST:
            rows = sum(len(trace.D_pred) for trace in mine)
            what = f"with shuffled labels in {TIMES} jobs its KL is {kl.mean():.4f}, that of the mean {mean.mean():.4f}"
            yield Finding("shuffled-labels (e)", (variant,), what, rows, rows)


def _shuffled(windows: WindowSet, fold: Fold, time: int) -> tuple[WindowSet, Fold]:
    """Some rows of the fold, one side after the other; the labels of the fitting rows are not theirs."""
    train, validation = (
        spread(np.sort(side), most) for side, most in ((fold.train, MOST_FITTING), (fold.validation, MOST_FITTING // 4))
    )
    test = spread(np.sort(fold.test), MOST_TEST)
    part = windows.take(np.concatenate([train, validation, test]))
    a, b, c = np.cumsum([len(train), len(validation), len(test)])
    D = np.concatenate([_moved(part.take(np.arange(b)), time), part.D[b:]])
    return replace(part, D=D), Fold(np.arange(a), np.arange(a, b), np.arange(b, c), fold.label)


def _moved(windows: WindowSet, time: int) -> Float64[np.ndarray, "N k"]:
    """The labels, each trial's given to the next one in a random order; row by row where trials have no one label."""
    trial, first = np.unique(groups(windows, "subject", "trial"), return_index=True, return_inverse=True)[1:][::-1]
    if (windows.trial == "").any() or not np.array_equal(windows.D[first][trial], windows.D):
        trial, first = np.arange(len(windows)), np.arange(len(windows))
    order = np.random.default_rng(time).permutation(len(first))
    giver = np.empty_like(order)
    giver[order] = np.roll(order, 1)
    moved: Float64[np.ndarray, "N k"] = windows.D[first[giver[trial]]]
    return moved


def _scores(step: Step, D_pred: Float64[np.ndarray, "T k"]) -> tuple[float, float]:
    """The KL of a job, and the lowest of the constant predictions between the mean and the uniform one."""
    windows, fold = step.windows, step.fold
    fitted, tested = windows.take(np.concatenate([fold.train, fold.validation])), windows.take(fold.test)
    mean = np.average(fitted.D, axis=0, weights=fitted.weight)
    constant = [share * mean + (1 - share) / tested.n_outputs for share in np.linspace(0, 1, 11)]
    kl = [_kl(tested, np.tile(D, (len(tested), 1))) for D in constant]
    return _kl(tested, D_pred), min(kl)


def _kl(tested: WindowSet, D_pred: Float64[np.ndarray, "T k"]) -> float:
    return micro_mean(window_scores(tested.D, D_pred).by_metric, tested.weight)["kl_divergence"]


def _lower_bound(gain: Float64[np.ndarray, "J"]) -> float:
    from scipy.stats import t

    return float(gain.mean() - t.ppf(0.99, len(gain) - 1) * gain.std(ddof=1) / np.sqrt(len(gain)))
