"""Average subjects over seeds."""

import numpy as np

from mpcl_core.evaluation.metrics import METRICS, SubjectScores
from mpcl_core.evaluation.statistics.seed_average import average_over_seeds


def test_subject_missing_from_a_seed_has_the_mean_of_the_others() -> None:
    def scores(names: str, *values: float) -> SubjectScores:
        return SubjectScores(np.array(list(names)), {metric: np.array(values) for metric in METRICS})

    found = average_over_seeds([scores("ab", 1.0, 2.0), scores("b", 4.0)])
    assert found.subjects.tolist() == ["a", "b"]
    assert found.scores["clark"].tolist() == [1.0, 3.0]
