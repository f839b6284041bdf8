"""Use recipes with scikit-learn: `MPCLEstimator`, and `arrays` for the windows of a recipe."""

from mpcl_core.sklearn.estimator import MPCLEstimator, arrays

__all__ = ["MPCLEstimator", "arrays"]
