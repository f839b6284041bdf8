"""The number of epochs: the lowest KL, and the fewest epochs within one standard error of it."""

import numpy as np
import pytest

from mpcl_core import testing
from mpcl_core.training.epoch_choice import independent_groups, lowest_epoch, one_standard_error_epoch


def with_loops(curve: np.ndarray, weight: np.ndarray, group: np.ndarray) -> int:
    """Return the number of epochs, computed with loops for groups of equal weight."""
    names = sorted(set(group.tolist()))
    means = [[np.average(row[group == g], weights=weight[group == g]) for g in names] for row in curve]
    best = min(range(len(curve)), key=lambda e: np.average(curve[e], weights=weight))
    for epoch in range(best):
        differences = [a - b for a, b in zip(means[epoch], means[best], strict=True)]
        if np.mean(differences) <= np.std(differences, ddof=1) / np.sqrt(len(differences)):
            return epoch
    return best


@pytest.mark.parametrize("seed", range(30))
def test_one_standard_error_equals_a_computation_with_loops(seed: int) -> None:
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(5), 4)
    steady = np.linspace(1, 0.5, 12)[:, None] + rng.normal(0, 0.2, 5)[None, group]
    curve = steady + rng.normal(0, rng.choice([0.05, 0.2, 0.5]), (12, 5))[:, group] + rng.normal(0, 0.1, (12, 20))
    weight = np.ones(20)
    assert one_standard_error_epoch(curve, weight, group) == with_loops(curve, weight, group)


def test_consistent_gain_is_taken_and_uncertain_gain_is_not() -> None:
    """Five subjects gain 0.1 each by the last epoch; in the second curve one gains 1 and four lose 0.1."""
    everyone = np.stack([np.full(5, 1.0), np.full(5, 0.95), np.full(5, 0.9)])
    one = np.stack([np.full(5, 1.0), np.array([0.0, 1.1, 1.1, 1.1, 1.1])])
    weight, group = np.ones(5), np.arange(5)
    assert (lowest_epoch(everyone, weight), one_standard_error_epoch(everyone, weight, group)) == (2, 2)
    assert (lowest_epoch(one, weight), one_standard_error_epoch(one, weight, group)) == (1, 0)


def test_lowest_epoch_depends_on_the_weights() -> None:
    curve = np.array([[1.0, 1.0], [0.0, 1.5]])
    assert lowest_epoch(curve, np.array([1.0, 1.0])) == 1
    assert lowest_epoch(curve, np.array([1.0, 9.0])) == 0


def test_untrained_network_can_be_chosen_and_one_group_gives_the_lowest_epoch() -> None:
    curve = np.array([[0.1], [0.2]])
    assert one_standard_error_epoch(curve, np.ones(1), np.zeros(1, np.int64)) == 0
    assert one_standard_error_epoch(curve[::-1], np.ones(1), np.zeros(1, np.int64)) == 1


def test_independent_groups_are_subjects_then_trials_then_windows() -> None:
    windows = testing.study()
    by_subject = independent_groups(windows)
    assert len(set(by_subject)) == len(set(windows.subject))
    one = windows.take(np.flatnonzero(windows.subject == windows.subject[0]))
    assert len(set(independent_groups(one))) == len(set(one.trial))
    single = one.take(np.flatnonzero(one.trial == one.trial[0]))
    np.testing.assert_array_equal(independent_groups(single), np.arange(len(single)))
