"""LDL-LRR adds a ranking loss to the maximum entropy model."""

import numpy as np

from mpcl_core.interfaces.components import Estimator
from mpcl_plugins.estimators.ldl_lrr import LDLLRR, loss
from mpcl_plugins.estimators.sa_bfgs import SABFGS
from support.ldl_study import halves, study


def test_the_ranking_loss_is_its_double_loop() -> None:
    D = study().D
    s = np.random.default_rng(1).normal(size=D.shape)
    expected = np.zeros(len(D))
    for j in range(4):
        for m in range(4):
            ahead = D[:, j] > D[:, m]
            expected += ahead * (D[:, j] - D[:, m]) ** 2 * np.log(1 + np.exp(s[:, m] - s[:, j]))
    np.testing.assert_allclose(loss(D, s, 2.0)[0] - loss(D, s, 0.0)[0], 2 * expected)


def test_ranking_brings_labels_in_order() -> None:
    train, _ = halves(study(200))

    def in_order(model: Estimator) -> float:
        D_pred, D = model.fit(train).predict(train), train.D
        right = np.sign(D[:, :, None] - D[:, None]) == np.sign(D_pred[:, :, None] - D_pred[:, None])
        apart = (D[:, :, None] - D[:, None]) ** 2
        return float((right * apart).sum() / apart.sum())

    assert in_order(LDLLRR(ranking=10.0, l2=0.5)) > in_order(LDLLRR(ranking=0.0, l2=0.5))


def test_without_ranking_it_is_the_maximum_entropy_model() -> None:
    train, test = halves(study())
    one, two = (model.fit(train).predict(test) for model in (LDLLRR(ranking=0.0), SABFGS()))
    np.testing.assert_array_equal(one, two)
