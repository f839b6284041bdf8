"""The protocol of a recipe as folds of scikit-learn."""

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.model_selection import cross_val_predict

from mpcl_core.sklearn import RecipeFolds, arrays

SMALL = ("source.subjects=3", "source.trials=2", "source.seconds=8")


def test_protocol_holds_out_each_subject_once() -> None:
    X, y, groups, _ = arrays("described", SMALL)
    cv = RecipeFolds("described", SMALL)
    assert cv.get_n_splits() == 3
    for fitting, test in cv.split(X):
        assert len(set(groups[test])) == 1
        assert set(groups[test]).isdisjoint(groups[fitting])
        assert sorted([*fitting, *test]) == list(range(len(X)))
    predicted = cross_val_predict(DummyRegressor(), np.nan_to_num(X), y, cv=cv)
    assert len(np.unique(predicted.round(9), axis=0)) == 3


def test_other_windows_than_those_of_the_recipe_are_refused() -> None:
    with pytest.raises(ValueError, match=r"X has 5 windows, but the recipe has \d+; take X from arrays"):
        list(RecipeFolds("described", SMALL).split(np.zeros((5, 2))))
