"""The trees predict as scikit-learn's forest does."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.estimators._trees import Trees


def test_trees_predict_as_the_forest_that_they_were_taken_from() -> None:
    rng = np.random.default_rng(0)
    x, D = rng.normal(size=(60, 4)), rng.dirichlet(np.ones(3), 60)
    forest = RandomForestRegressor(7, min_samples_leaf=3, random_state=0).fit(x, D)
    trees = Trees.of([each.tree_ for each in forest.estimators_])
    queries = rng.normal(size=(40, 4))
    assert np.array_equal(trees.predict(queries), forest.predict(queries))
    assert np.array_equal(Trees.from_state(trees.state_dict()).predict(queries), forest.predict(queries))


def test_trees_that_lead_back_are_refused() -> None:
    nodes = np.array([1, 0, -1])
    state = {"root": np.array([0]), "left": nodes, "right": nodes + 1, "feature": nodes, "threshold": np.zeros(3)}
    with pytest.raises(DataError, match="do not follow one another"):
        Trees.from_state({**state, "value": np.ones((3, 2))})
