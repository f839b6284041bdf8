"""Identify tested windows."""

import numpy as np

from mpcl_core.evaluation.statistics.tested_windows import identify_windows
from mpcl_core.runs.predictions import Predictions

RNG = np.random.default_rng(7)


def test_windows_are_identified_by_content_and_not_by_number() -> None:
    D = RNG.dirichlet(np.ones(3), 4)
    text = np.array(["a", "a", "b", "b"])

    def rows(D: np.ndarray, row: list[int], trial: np.ndarray = text) -> object:
        order = np.argsort(row)
        return identify_windows(
            Predictions(D[order], D[order], np.ones(4), np.array(row)[order], text[order], trial[order], text[order])
        )

    assert rows(D, [0, 1, 2, 3]) == rows(D, [10, 11, 2, 3])
    assert rows(D, [0, 1, 2, 3]) == rows(D + 1e-13, [0, 1, 2, 3])
    assert rows(D, [0, 1, 2, 3]) != rows(D[[1, 0, 2, 3]], [0, 1, 2, 3])
    assert rows(D, [0, 1, 2, 3]) != rows(D, [0, 1, 2, 3], np.array(["a", "a", "b", "c"]))
