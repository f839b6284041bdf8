"""A quantile over people covers new people as often as stated, however many windows each person has."""

import numpy as np

from mpcl_core.evaluation.statistics.person_quantiles import person_masses, person_quantiles


def test_quantile_weights_people_equally_and_reserves_a_share_for_the_new_person() -> None:
    scores = np.concatenate([np.full(1000, 5.0), np.arange(18) / 10])  # one person has most windows
    subject = np.array(["many"] * 1000 + [f"s{n}" for n in range(18)])
    # 19 people: each has 1/20; .9 is reached by the 18 smallest people, of whom 'many' is the last
    assert person_quantiles(scores[None], person_masses(subject), [0.9, 0.95]).tolist() == [[1.7, 5.0]]
    assert person_quantiles(scores[None], person_masses(subject), [0.95]).tolist() == [[5.0]]


def test_stated_coverage_holds_over_new_people_whose_windows_are_alike() -> None:
    rng = np.random.default_rng(0)
    reached = []
    for _ in range(200):
        windows = rng.integers(1, 40, 21)  # the last person is new
        subject = np.repeat(np.arange(21), windows)
        distance = rng.gamma(2, 0.05, 21)[subject] + rng.uniform(0, 0.05, len(subject))
        known = subject < 20
        radius = person_quantiles(distance[None, known], person_masses(subject[known]), [0.9])[0, 0]
        reached.append((distance[~known] <= radius).mean())
    assert 0.87 < np.mean(reached) < 0.97
