"""Use recipes with scikit-learn: `MPCLEstimator`, `RecipeFolds` (for ``cv=``), and `arrays` for their windows."""

from mpcl_core.sklearn.estimator import MPCLEstimator, arrays
from mpcl_core.sklearn.folds import RecipeFolds

__all__ = ["MPCLEstimator", "RecipeFolds", "arrays"]
