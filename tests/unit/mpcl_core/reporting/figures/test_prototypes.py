"""Similarities of prototypes by their angles."""

import numpy as np
import pytest

from mpcl_core.reporting.figures.prototypes import correlate_pairs, cosine_matrix

RNG = np.random.default_rng(0)


def test_similarity_of_prototypes() -> None:
    M = np.array([[[2.0, 0], [0, 3]], [[1, 1], [0, 0]]])
    found = cosine_matrix(M)
    assert found[0, 1] == 0
    assert found[0, 2] == found[2, 1] == pytest.approx(2**-0.5)
    assert np.isnan(found[3]).all()
    assert np.isnan(found.diagonal()).all()
    one = cosine_matrix(RNG.normal(size=(5, 1, 8)))
    assert correlate_pairs(one, 0.3 * one + 0.1) == pytest.approx(1)
    assert correlate_pairs(one, -one) == pytest.approx(-1)
    assert np.isnan(correlate_pairs(one, np.zeros((5, 5))))
