"""What a trained network predicts without some of its modalities: the same weights and test rows, other masks.

Conditions: ``all`` modalities; every ``subset`` of them, or, of more than five, each alone and all but each;
``missing`` at random at each rate (`training.missing`), in several draws, where what is missing at a rate is
missing at every higher one too. Beside them ``train_mean``, the weighted mean of the fitting rows' distributions. The
fitted transforms see all signals of the test rows; the network alone misses them.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from mpcl_core.evaluation.metrics import subject_scores, window_scores
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.spec.robustness import RobustnessSettings
from mpcl_core.training.modality_dropout import without_some
from mpcl_core.training.trained_network import TrainedNetwork

MOST = 5
"""Up to so many modalities, every subset is tested (30 of 5)."""


class Condition(NamedTuple):
    """What is there.

    Args:
        kind: ``all``, ``subset``, ``missing`` or ``train_mean``.
        modalities: of which the network sees what a row has.
        rate: the share of them that goes missing at random.
        repeat: which draw, from 0.
    """

    kind: str
    modalities: tuple[str, ...]
    rate: float = 0.0
    repeat: int = 0


def conditions(modalities: Sequence[str], settings: RobustnessSettings) -> list[Condition]:
    """Everything that a network with these modalities is tested with."""
    everything = tuple(modalities)
    found = [Condition("all", everything)]
    if settings.subsets:
        found += [Condition("subset", part) for part in subsets(everything)]
    return found + [
        Condition("missing", everything, rate, repeat) for rate in settings.rates for repeat in range(settings.repeats)
    ]


def subsets(modalities: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The proper subsets that are tested, the largest first."""
    n = len(modalities)
    sizes = range(n - 1, 0, -1) if n <= MOST else (n - 1, 1)
    return [part for size in sizes for part in combinations(modalities, size)]


def evaluate(
    fitted: TrainedNetwork,
    test: WindowSet,
    mean: Float64[np.ndarray, "k"],
    settings: RobustnessSettings,
    entropy: tuple[int, ...],
) -> Iterator[dict[str, Any]]:
    """The six scores of each subject under each condition, as lines of ``robustness.jsonl``.

    Args:
        fitted: the network.
        test: the fold's test rows.
        mean: the mean distribution of the fitting rows.
        settings: what to test.
        entropy: what the job's random state is made from; the draws differ between jobs, not between variants.
    """
    tested = conditions(fitted.learner.network.encoded, settings)

    rows = fitted.rows(test)
    mine = {name: rows.present[name] for name in fitted.learner.network.encoded}
    yield from _lines(Condition("train_mean", ()), test, np.tile(mean, (len(test), 1)))
    for condition in tested:  # the fitted transforms have seen the rows whole; only the network misses what is masked
        yield from _lines(condition, test, fitted.predict(rows.masked(_masked(mine, condition, entropy))))


def _masked(present: Mapping[str, Tensor], condition: Condition, entropy: tuple[int, ...]) -> dict[str, Tensor]:
    if condition.rate:
        seed = np.random.SeedSequence((*entropy, condition.repeat)).generate_state(1, np.uint64)[0] >> 1
        return without_some(present, condition.rate, torch.Generator().manual_seed(int(seed)))
    return {name: mask if name in condition.modalities else mask & False for name, mask in present.items()}


def _lines(condition: Condition, test: WindowSet, D_pred: Float64[np.ndarray, "N k"]) -> Iterator[dict[str, Any]]:
    found = subject_scores(window_scores(test.D, D_pred).by_metric, test.subject, test.weight)
    for index, subject in enumerate(found.subjects.tolist()):
        weight = float(test.weight[test.subject == subject].sum())
        scores = {metric: float(values[index]) for metric, values in found.scores.items()}
        yield {**condition._asdict(), "subject": subject, "weight": weight, **scores}
