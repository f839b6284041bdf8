"""Notes on features and ratings are short, and absent where there is nothing to state."""

import numpy as np

from mpcl_plugins.sources._table.content import TableContent
from mpcl_plugins.sources._table.notes import constant_note, missing_note, rating_note, repetition_note

NAN = np.nan
COLUMNS = {"heart": tuple("abcdef"), "skin": ("g",)}


def test_columns_with_most_empty_cells_come_first() -> None:
    lacking = np.array([[NAN, NAN, NAN, NAN, NAN, 1], [1, NAN, 1, 1, 1, 1.0]])
    features = {"heart": lacking, "skin": np.array([[1.0], [NAN]])}
    expected = "Empty cells, where a modality is absent: b in 2, a in 1, c in 1, d in 1, e in 1 and 1 more of 2 rows."
    assert missing_note(features, COLUMNS) == expected
    assert missing_note({"skin": np.ones((2, 1))}, COLUMNS) == ""


def test_columns_that_never_vary_are_named() -> None:
    features = {"heart": np.array([[1, 1, 1, 1, 2, NAN], [1, 1, NAN, 2, 1, NAN]]), "skin": np.array([[1.0], [2]])}
    assert constant_note(features, COLUMNS) == "Columns with one value in all rows, which say nothing: a, b, c, f."
    assert constant_note({"skin": np.array([[1.0], [2.0]])}, COLUMNS) == ""


def test_ratings_are_compared_within_trials() -> None:
    names = {"subject": ["a", "a", "b", "b"], "trial": ["1", "1", "1", ""]}
    for scores, note in (
        ([1.0, 1.0, 2.0, 3.0], ""),
        ([1.0, 2.0, 2.0, 3.0], "The ratings differ between rows of 1 of 2 trials."),
    ):
        assert rating_note(TableContent(names, {}, {}, np.array(scores)[:, None])) == note


def test_rows_that_may_be_there_twice_are_counted() -> None:
    names = {"subject": ["a", "a", "b", "b"], "trial": ["1", "1", "1", "2"]}
    times, scores = {"start": np.full(4, NAN)}, np.ones((4, 2))
    features = {"skin": np.array([[NAN], [NAN], [2.0], [2.0]])}
    assert repetition_note(TableContent(names, times, features, scores)) == (
        "1 of 3 trials have several rows, which count as their windows. "
        "1 rows repeat another row of their person and trial in all features and scores."
    )
    names["trial"] = ["1", "2", "1", "2"]
    assert repetition_note(TableContent(names, times, features, scores)) == ""
    names["trial"] = ["1"] * 4
    features["skin"] = np.arange(4.0)[:, None]
    assert repetition_note(TableContent(names, times, features, scores)) == ""
    names["trial"] = [""] * 4
    assert repetition_note(TableContent(names, times, features, scores)) == ""
