"""Recipes for users of scikit-learn: `MPCLEstimator`, and `arrays` of a recipe's rows."""

from mpcl_core.sklearn.estimator import MPCLEstimator, arrays

__all__ = ["MPCLEstimator", "arrays"]
