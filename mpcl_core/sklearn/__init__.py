"""Use recipes with scikit-learn: `MPCLEstimator`, `RecipeFolds` (for ``cv=``), and `arrays` for their windows."""

from mpcl_core.sklearn.estimator import MPCLEstimator
from mpcl_core.sklearn.folds import RecipeFolds
from mpcl_core.sklearn.prepared import arrays

__all__ = ["MPCLEstimator", "RecipeFolds", "arrays"]
