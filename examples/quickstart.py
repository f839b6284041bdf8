"""A recipe inside scikit-learn: each subject predicted by a model that has never seen it.

Run: python examples/quickstart.py
"""

import numpy as np
from sklearn.dummy import DummyRegressor
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

from mpcl_core.metrics import window_scores
from mpcl_core.sklearn import MPCLEstimator, arrays

RECIPE = "described"
SETS = ()  # patches of the recipe, such as ("train.epochs=3",)

X, y, subjects, modalities = arrays(RECIPE, SETS)  # rows of your own do as well
model = MPCLEstimator(RECIPE, modalities=modalities, sets=SETS, random_state=0)
folds = {"groups": subjects, "cv": LeaveOneGroupOut()}
predictions = {
    "mpcl": cross_val_predict(model, X, y, params={"groups": subjects}, **folds),
    "mean": cross_val_predict(DummyRegressor(), X, y, **folds),
}

for name, y_pred in predictions.items():
    divergence = window_scores(y, y_pred).by_metric["kl_divergence"]
    print(name, "KL by subject:", *(f"{divergence[subjects == subject].mean():.4f}" for subject in np.unique(subjects)))
