"""Learning curves: the epochs of the search, and medians over jobs that end at different epochs."""

from typing import Any

import numpy as np

from mpcl_core.reporting.figures.learning import list_epoch_choices, median_over_jobs, select_epochs, tabulate

SEARCH: list[dict[str, Any]] = [
    {"epoch": 0, "phase": "search", "validation_kl": 0.3},
    {"epoch": 1, "phase": "search", "loss": 1.0, "validation_kl": 0.1},
    {"epoch": 2, "phase": "search", "loss": 0.5, "validation_kl": 0.2},
    {"epoch": 1, "phase": "refit", "loss": 9.0},
    {"phase": "test", "epochs": 1},
]


def test_epochs_are_those_of_the_search_and_the_choice_is_marked() -> None:
    assert select_epochs(SEARCH) == SEARCH[:3]
    assert list_epoch_choices([SEARCH, [{"phase": "test", "epochs": 4}]]) == [1, 4]
    found = tabulate([SEARCH[:3], SEARCH[:2]], "loss")
    assert np.array_equal(found, [[np.nan, 1.0, 0.5], [np.nan, 1.0, np.nan]], equal_nan=True)


def test_training_is_drawn_without_a_search() -> None:
    journal = [{"epoch": 1, "phase": "refit", "loss": 2.0}, {"phase": "test", "epochs": 1}]
    assert select_epochs(journal) == journal[:1]
    assert list_epoch_choices([journal]) == [1]


def test_median_ends_when_half_of_the_jobs_have_ended() -> None:
    values = np.array([[1.0, 2, np.nan, np.nan], [3.0, 4, 5, np.nan], [2.0, 9, np.nan, np.nan], [9.0, 1, 7, 8]])
    assert np.array_equal(median_over_jobs(values), [2.5, 3.0, 6.0, np.nan], equal_nan=True)
