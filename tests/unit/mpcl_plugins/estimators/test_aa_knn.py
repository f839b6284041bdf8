"""AA-kNN averages the nearest windows of all standardised features."""

import numpy as np

from mpcl_core.toolkit.standardise import Standard
from mpcl_plugins.estimators.aa_knn import AAKNN
from support.ldl_study import halves, study


def test_the_nearest_windows_of_all_standardised_features() -> None:
    train, test = halves(study())
    standard = Standard.of(train)
    distance = ((standard.features(test)[:, None] - standard.features(train)[None]) ** 2).sum(2)
    expected = np.stack([train.D[np.argsort(row)[:3]].mean(0) for row in distance])
    np.testing.assert_allclose(AAKNN(k=3).fit(train).predict(test), expected)


def test_more_neighbours_than_windows_are_all_windows() -> None:
    train, test = halves(study(10))
    np.testing.assert_allclose(AAKNN(k=99).fit(train).predict(test), np.tile(train.D.mean(0), (5, 1)))
