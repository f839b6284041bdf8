"""Whether near rows are rows of one trial, and whether that pays: code (f).

For each modality alone and for all together: the share of a test row's 3 nearest fitting rows that are of its own
trial, less the share that would be by chance, and how much lower the KL of their mean label is than that of the mean of
all fitting labels. Both are averaged over each trial's rows, and must be above 0 over trials (one-sided t, p < 0.01).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from mpcl_core.audit.finding import Finding
from mpcl_core.audit.scaled_neighbours import nearest_scaled
from mpcl_core.audit.window_groups import examples, fitting, groups, spread
from mpcl_core.data.plan import Study
from mpcl_core.evaluation.metrics import window_scores
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.toolkit.window_features import window_features

Rows = Int64[np.ndarray, "_"]

K = 3
P = 0.01
MOST_FOLDS, MOST_FITTING, MOST_TEST = 8, 4000, 500


@dataclass(frozen=True)
class _Side:
    """Some fitting rows of a fold, and some test rows that are looked up among them.

    Args:
        known, asked: which.
        features: modality -> features of both, the fitting rows first.
    """

    known: Rows
    asked: Rows
    features: Mapping[str, Float64[np.ndarray, "R _"]]


@dataclass(frozen=True)
class _Looked:
    """What was seen of some test rows.

    Args:
        rows: which.
        own: the share of their neighbours that are of their own trial, and by chance.
        kl: of the neighbours' mean label, and of the mean of all fitting labels.
    """

    rows: Rows
    own: Float64[np.ndarray, "2 T"]
    kl: Float64[np.ndarray, "2 T"]


def near(study: Study) -> Iterator[Finding]:
    """At most one finding, which names the modalities."""
    windows, trial = study.windows, groups(study.windows, "subject", "trial")
    names = [modality.name for modality in windows.modalities]
    sides = list(_sides(study, trial))
    said, rows, tested = [], np.zeros(0, np.int64), 0
    for chosen in [[name] for name in names] + ([names] if names[1:] else []) if sides else []:
        looked = _joined([_look(windows, trial, chosen, side) for side in sides])
        tested = len(looked.rows)
        if _pays(looked, trial):
            said.append(_words(chosen, looked))
            rows = np.union1d(rows, looked.rows[looked.own[0] > 0])
    if said:
        shown = examples(windows, rows)
        yield Finding("nearest-trial (f)", study.variants, "; ".join(said), len(rows), tested, shown)


def _sides(study: Study, trial: Rows) -> Iterator[_Side]:
    """Those folds in which both sides have rows of one trial; elsewhere there is nothing to see."""
    windows = study.windows
    for number in spread(np.arange(len(study.folds)), MOST_FOLDS):
        fold = study.folds[number]
        known, asked = np.sort(fitting(fold)), np.sort(fold.test[windows.trial[fold.test] != ""])
        if np.isin(trial[asked], trial[known]).any():
            known, asked = spread(known, MOST_FITTING), spread(asked, MOST_TEST)
            both = windows.take(np.concatenate([known, asked]))
            yield _Side(known, asked, {name: window_features(both, [name]) for name in windows.X})


def _look(windows: WindowSet, trial: Rows, modalities: Sequence[str], side: _Side) -> _Looked:
    known, asked = side.known, side.asked
    both = np.concatenate([side.features[name] for name in modalities], axis=1)
    found = nearest_scaled(both[: len(known)], both[len(known) :], K)
    own = (trial[known][found] == trial[asked][:, None]).mean(1)
    chance = np.bincount(trial[known], minlength=trial.max() + 1)[trial[asked]] / len(known)
    D, D_fitted = windows.D[asked], windows.D[known]
    mean = np.tile(np.average(D_fitted, axis=0, weights=windows.weight[known]), (len(asked), 1))
    kl = [window_scores(D, D_pred).by_metric["kl_divergence"] for D_pred in (D_fitted[found].mean(1), mean)]
    return _Looked(asked, np.stack([own, chance]), np.stack(kl))


def _joined(parts: Sequence[_Looked]) -> _Looked:
    return _Looked(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.own for part in parts], axis=1),
        np.concatenate([part.kl for part in parts], axis=1),
    )


def _pays(looked: _Looked, trial: Rows) -> bool:
    own, chance = looked.own
    neighbours, mean = looked.kl
    unit = trial[looked.rows]
    return _above_zero(own - chance, unit) and _above_zero(mean - neighbours, unit)


def _above_zero(values: Float64[np.ndarray, "T"], unit: Int64[np.ndarray, "T"]) -> bool:
    from scipy.stats import ttest_1samp

    number = np.unique(unit, return_inverse=True)[1]
    means = np.bincount(number, values) / np.bincount(number)
    if len(means) < 3 or np.ptp(means) == 0:
        return len(means) >= 3 and bool(means[0] > 0)
    return bool(ttest_1samp(means, 0.0, alternative="greater").pvalue < P)


def _words(chosen: Sequence[str], looked: _Looked) -> str:
    who = chosen[0] if len(chosen) == 1 else "all together"
    (own, chance), (kl, mean) = looked.own.mean(1), looked.kl.mean(1)
    return (
        f"{who}: {own:.0%} of the {K} nearest rows are of the row's own trial (by chance {chance:.0%}), "
        f"KL {kl:.4f} (mean {mean:.4f})"
    )
