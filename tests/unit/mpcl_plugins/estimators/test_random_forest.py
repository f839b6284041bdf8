"""The forest depends on its seed only."""

import numpy as np

from mpcl_plugins.estimators.random_forest import RandomForest
from support.ldl_study import halves, study


def test_forest_depends_on_its_seed_only() -> None:
    train, test = halves(study())
    one, again, other = (RandomForest(trees=5, seed=seed).fit(train).predict(test) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 0
