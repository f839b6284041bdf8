"""A personal prior moves predictions towards a person's ratings, the more the more trials are rated."""

import numpy as np

from mpcl_core.model.personal_prior import personal_offset, shift_distributions


def test_offset_grows_with_trials_and_shrinks_with_noise() -> None:
    D, P = np.tile([0.7, 0.2, 0.1], (3, 1)), np.full((3, 3), 1 / 3)
    one, three = personal_offset(D[:1], P[:1], 2.0), personal_offset(D, P, 2.0)
    assert np.allclose(three, one * (3 / 5) / (1 / 3))
    assert np.abs(personal_offset(D, P, 1e6)).max() < 1e-5
    shifted = shift_distributions(P, personal_offset(D, P, 0.0))
    assert np.allclose(shifted, D, atol=0.02)
    assert np.allclose(shifted.sum(1), 1)


def test_unknown_shrinkage_is_cautious() -> None:
    D, P = np.array([[0.8, 0.2]]), np.array([[0.5, 0.5]])
    assert np.allclose(personal_offset(D, P, None), personal_offset(D, P, 4.0))
