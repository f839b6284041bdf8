"""Score a trained network without some of its modalities: the same weights and test windows, other presence masks.

Conditions: ``all`` modalities; every ``subset`` of them, or, of more than five, each alone and all but each;
``missing`` at random at each rate (`training.modality_dropout`), in several draws, where what is missing at one rate is
missing at every higher one too. Beside them ``train_mean``, the weighted mean of the fitting windows' distributions.
The fitted transforms see all signals of the test windows; only the network's input is masked.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from mpcl_core.data.truth import without_labels
from mpcl_core.evaluation.metrics import subject_scores, window_scores
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.metric import Metric, plugin_scores
from mpcl_core.spec.robustness import RobustnessSettings
from mpcl_core.training.modality_dropout import drop_modalities
from mpcl_core.training.trained_network import TrainedNetwork

ALL_SUBSETS_UP_TO = 5
"""Modalities up to which every proper subset is tested (30 of 5)."""


class Condition(NamedTuple):
    """Describe which modalities the network sees.

    Args:
        kind: ``all``, ``subset``, ``missing`` or ``train_mean``.
        modalities: the modalities it sees, where a window has them.
        rate: the share of them that is removed at random.
        repeat: the number of the draw, from 0.
    """

    kind: str
    modalities: tuple[str, ...]
    rate: float = 0.0
    repeat: int = 0


def conditions(modalities: Sequence[str], settings: RobustnessSettings) -> list[Condition]:
    """List the conditions of a robustness test.

    Args:
        modalities: the modalities that the network encodes.
        settings: which conditions the recipe asks for.

    Returns:
        The conditions, ``all`` first.
    """
    everything = tuple(modalities)
    found = [Condition("all", everything)]
    if settings.subsets:
        found += [Condition("subset", part) for part in subsets(everything)]
    return found + [
        Condition("missing", everything, rate, repeat) for rate in settings.rates for repeat in range(settings.repeats)
    ]


def subsets(modalities: tuple[str, ...]) -> list[tuple[str, ...]]:
    """List the proper subsets that are tested.

    Args:
        modalities: the modalities that the network encodes.

    Returns:
        The subsets, the largest first.
    """
    n = len(modalities)
    sizes = range(n - 1, 0, -1) if n <= ALL_SUBSETS_UP_TO else (n - 1, 1)
    return [part for size in sizes for part in combinations(modalities, size)]


def evaluate_robustness(
    trained: TrainedNetwork,
    test: WindowSet,
    mean: Float64[np.ndarray, "k"],
    settings: RobustnessSettings,
    entropy: tuple[int, ...],
    metrics: Sequence[Metric] = (),
) -> Iterator[dict[str, Any]]:
    """Score each subject under each condition.

    Args:
        trained: the network.
        test: the fold's test windows.
        mean: (k,) the mean distribution of the fitting windows.
        settings: which conditions to test.
        entropy: the seeds of the job's random state; the draws differ between jobs, not between variants.
        metrics: metrics of plugins, beside the six.

    Yields:
        The lines of ``robustness.jsonl``: condition, subject, weight and the metrics.

    Raises:
        PluginError: a metric of a plugin failed.
    """
    encoded = trained.learner.network.encoded
    windows = trained.prepare(
        without_labels(test)
    )  # the transforms see all signals; only the network's input is masked
    present = {name: windows.present[name] for name in encoded}
    yield from _lines(Condition("train_mean", ()), test, np.tile(mean, (len(test), 1)), metrics)
    for condition in conditions(encoded, settings):
        yield from _lines(condition, test, trained.predict(windows.masked(_mask(present, condition, entropy))), metrics)


def _mask(present: Mapping[str, Tensor], condition: Condition, entropy: tuple[int, ...]) -> dict[str, Tensor]:
    if condition.rate:
        seed = np.random.SeedSequence((*entropy, condition.repeat)).generate_state(1, np.uint64)[0] >> 1
        return drop_modalities(present, condition.rate, torch.Generator().manual_seed(int(seed)))
    return {name: mask if name in condition.modalities else mask & False for name, mask in present.items()}


def _lines(
    condition: Condition, test: WindowSet, D_pred: Float64[np.ndarray, "N k"], metrics: Sequence[Metric]
) -> Iterator[dict[str, Any]]:
    scores = window_scores(test.D, D_pred).by_metric | plugin_scores(metrics, test.D, D_pred)
    by_subject = subject_scores(scores, test.subject, test.weight)
    for index, subject in enumerate(by_subject.subjects.tolist()):
        weight = float(test.weight[test.subject == subject].sum())
        means = {metric: float(values[index]) for metric, values in by_subject.scores.items()}
        yield {**condition._asdict(), "subject": subject, "weight": weight, **means}
