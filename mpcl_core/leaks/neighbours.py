"""Test whether the nearest windows belong to the same trial and whether that improves a prediction: code (f).

For each modality alone and for all of them: the share of a test window's 3 nearest fitting windows that belong to its
own trial, less the share expected by chance, and how much lower the KL of their mean label is than that of the mean of
all fitting labels. Both are averaged over each trial's windows, and must be above 0 over trials (one-sided t,
p < 0.01).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from mpcl_core.data.plan import Study
from mpcl_core.evaluation.metrics import window_scores
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.leaks.finding import Finding
from mpcl_core.leaks.scaled_neighbours import nearest_scaled
from mpcl_core.leaks.window_groups import (
    Indices,
    describe_examples,
    group_ids,
    take_evenly,
    untested_fitting_indices,
)
from mpcl_core.toolkit.window_features import window_features

K = 3
"""Neighbours of a window."""

P = 0.01
"""The largest p that is a finding."""

MAX_FOLDS, MAX_FITTING, MAX_TEST = 8, 4000, 500


@dataclass(frozen=True)
class _FoldFeatures:
    """Hold some windows of a fold with their features.

    Args:
        fitting, test: indices of fitting windows, and of test windows whose neighbours are searched among them.
        features: modality -> features of both, the fitting windows first.
    """

    fitting: Indices
    test: Indices
    features: Mapping[str, Float64[np.ndarray, "R _"]]


@dataclass(frozen=True)
class _NeighbourScores:
    """Hold what the neighbours of T test windows show.

    Args:
        test: indices of the test windows.
        own_trial: the share of their neighbours from their own trial, and the share expected by chance.
        kl: the KL of the neighbours' mean label, and of the mean of all fitting labels.
    """

    test: Indices
    own_trial: Float64[np.ndarray, "2 T"]
    kl: Float64[np.ndarray, "2 T"]


def find_near_trials(study: Study) -> Iterator[Finding]:
    """Find modalities in which a window's neighbours give away its trial.

    Args:
        study: its windows and folds.

    Yields:
        At most one finding, which names the modalities.
    """
    windows, trial = study.windows, group_ids(study.windows, "subject", "trial")
    names = [modality.name for modality in windows.modalities]
    folds = list(_folds_with_shared_trials(study, trial))
    choices = [[name] for name in names] + ([names] if names[1:] else [])
    messages, affected, n_tested = [], np.zeros(0, np.int64), 0
    for modalities in choices if folds else []:
        scores = _concatenate([_score_neighbours(windows, trial, modalities, fold) for fold in folds])
        n_tested = len(scores.test)
        if _own_trial_helps(scores, trial):
            messages.append(_describe(modalities, scores))
            affected = np.union1d(affected, scores.test[scores.own_trial[0] > 0])
    if messages:
        examples = describe_examples(windows, affected)
        yield Finding("nearest-trial (f)", study.variants, "; ".join(messages), len(affected), n_tested, examples)


def _folds_with_shared_trials(study: Study, trial: Indices) -> Iterator[_FoldFeatures]:
    """Yield the folds in which both sides have windows of one trial; in others there is nothing to find.

    Args:
        study: its windows and folds.
        trial: the number of each window's trial (N).

    Yields:
        Some windows of each such fold, with their features.
    """
    windows = study.windows
    for number in take_evenly(np.arange(len(study.folds)), MAX_FOLDS):
        fold = study.folds[number]
        fitting, test = np.sort(untested_fitting_indices(fold)), np.sort(fold.test[windows.trial[fold.test] != ""])
        if np.isin(trial[test], trial[fitting]).any():
            fitting, test = take_evenly(fitting, MAX_FITTING), take_evenly(test, MAX_TEST)
            both = windows.take(np.concatenate([fitting, test]))
            yield _FoldFeatures(fitting, test, {name: window_features(both, [name]) for name in windows.X})


def _score_neighbours(
    windows: WindowSet, trial: Indices, modalities: Sequence[str], fold: _FoldFeatures
) -> _NeighbourScores:
    fitting, test = fold.fitting, fold.test
    both = np.concatenate([fold.features[name] for name in modalities], axis=1)
    neighbours = nearest_scaled(both[: len(fitting)], both[len(fitting) :], K)
    own = (trial[fitting][neighbours] == trial[test][:, None]).mean(1)
    chance = np.bincount(trial[fitting], minlength=trial.max() + 1)[trial[test]] / len(fitting)
    D, D_fitting = windows.D[test], windows.D[fitting]
    mean = np.tile(np.average(D_fitting, axis=0, weights=windows.weight[fitting]), (len(test), 1))
    predictions = (D_fitting[neighbours].mean(1), mean)
    kl = [window_scores(D, D_pred).by_metric["kl_divergence"] for D_pred in predictions]
    return _NeighbourScores(test, np.stack([own, chance]), np.stack(kl))


def _concatenate(parts: Sequence[_NeighbourScores]) -> _NeighbourScores:
    return _NeighbourScores(
        np.concatenate([part.test for part in parts]),
        np.concatenate([part.own_trial for part in parts], axis=1),
        np.concatenate([part.kl for part in parts], axis=1),
    )


def _own_trial_helps(scores: _NeighbourScores, trial: Indices) -> bool:
    own, chance = scores.own_trial
    neighbours, mean = scores.kl
    unit = trial[scores.test]
    return _mean_is_positive(own - chance, unit) and _mean_is_positive(mean - neighbours, unit)


def _mean_is_positive(values: Float64[np.ndarray, "T"], unit: Int64[np.ndarray, "T"]) -> bool:
    from scipy.stats import ttest_1samp

    number = np.unique(unit, return_inverse=True)[1]
    means = np.bincount(number, values) / np.bincount(number)
    if len(means) < 3 or np.ptp(means) == 0:
        return len(means) >= 3 and bool(means[0] > 0)
    return bool(ttest_1samp(means, 0.0, alternative="greater").pvalue < P)


def _describe(modalities: Sequence[str], scores: _NeighbourScores) -> str:
    name = modalities[0] if len(modalities) == 1 else "all modalities"
    (own, chance), (kl, mean) = scores.own_trial.mean(1), scores.kl.mean(1)
    return (
        f"{name}: {own:.0%} of the {K} nearest windows belong to the window's own trial (by chance {chance:.0%}), "
        f"KL {kl:z.4f} (mean {mean:z.4f})"
    )
