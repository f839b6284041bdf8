"""train.shrink: how far a network predicts from the mean is chosen on people whom it did not learn from."""

import numpy as np

from mpcl_core.training.shrinkage import SCALES, choose_scale, scaled

CENTRE = np.log(np.array([0.2, 0.3, 0.5]))
RNG = np.random.default_rng(0)
DEVIATION = RNG.normal(size=(200, 3))
D = np.exp(CENTRE + 0.4 * DEVIATION)
D /= D.sum(1, keepdims=True)


def test_a_network_that_goes_too_far_is_shrunk_by_as_much() -> None:
    D_pred = np.exp(CENTRE + 0.8 * DEVIATION)
    D_pred /= D_pred.sum(1, keepdims=True)
    scale = choose_scale(D, D_pred, np.ones(200), CENTRE)
    assert scale == 0.5
    np.testing.assert_allclose(scaled(D_pred, scale, CENTRE), D, atol=1e-12)


def test_a_network_that_knows_nothing_is_shrunk_to_the_mean() -> None:
    D_pred = D[RNG.permutation(200)]
    assert choose_scale(D, D_pred, np.ones(200), CENTRE) == SCALES[0]
    np.testing.assert_allclose(scaled(D_pred, 0.0, CENTRE), np.tile(np.exp(CENTRE), (200, 1)))


def test_each_held_out_window_has_the_mean_of_its_own_network() -> None:
    centres = np.log(np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]))
    D_pred = np.full((2, 3), 1 / 3)
    np.testing.assert_allclose(scaled(D_pred, 0.0, centres), np.exp(centres))
    assert choose_scale(np.exp(centres), D_pred, np.ones(2), centres) == 0.0


def test_windows_without_weight_do_not_choose() -> None:
    D_pred = np.concatenate([D[:100], D[RNG.permutation(100)]])
    assert choose_scale(D, D_pred, np.repeat([1.0, 0.0], 100), CENTRE) == 1.0
