"""State the small study of which a model is fitted for tests."""

from typing import Any

SETS = ("source.subjects=10", "source.trials=2", "source.seconds=8", "protocol.use=subject_kfold", "protocol.folds=2")
RECIPE: dict[str, Any] = {
    "extends": "described",
    "name": "study",
    "references": {"knn": None, "mean": None},
    "variants": {"own": {"estimator": {"use": "mean"}}},
}
