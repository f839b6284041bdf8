"""Neighbours in features that are scaled by their deviation."""

import numpy as np
import torch

from mpcl_core.leaks.scaled_neighbours import nearest_scaled


def test_features_are_scaled_by_their_deviation_over_the_known_windows() -> None:
    rng = np.random.default_rng(0)
    known, queries = rng.normal(size=(700, 3)) * [1, 10, 100], rng.normal(size=(600, 3)) * [1, 10, 100]
    distance = torch.cdist(torch.tensor(queries / known.std(0)), torch.tensor(known / known.std(0)))
    assert np.array_equal(nearest_scaled(known, queries, 3), distance.topk(3, largest=False).indices.numpy())


def test_a_constant_feature_is_not_scaled() -> None:
    known = np.array([[5.0, 0.0], [5.0, 2.0]])
    assert nearest_scaled(known, np.array([[5.0, 1.9]]), 1).tolist() == [[1]]
