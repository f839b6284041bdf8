"""Seconds of clips become windows with the distributions of their clips; rest and faults are told apart."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality, Valence
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources._dmer.clips import CLIPS, Seconds, clip_distributions, clip_numbers, running_number

HERE = Path("viewer7.mat")


def test_windows_have_the_condition_and_distribution_of_their_clip() -> None:
    D = np.random.default_rng(0).dirichlet(np.ones(3), CLIPS)
    X = {"eeg": np.ones((4, 1, 2), np.float32)}
    seconds = Seconds(X, np.array([0, 0, 9, 31]), np.array([0.0, 1.0, 4.0, 0.0]))
    valence = Valence(positive=("a",), negative=("b",))
    found = seconds.windows(HERE, (Modality("eeg", 1, 2),), D, ("a", "b", "c"), valence)
    assert set(found.subject) == {"viewer7"}
    assert found.trial.tolist() == found.stimulus.tolist() == ["0", "0", "9", "31"]
    assert found.condition.tolist() == ["positive", "positive", "negative", "mixed"]
    assert found.window.tolist() == [0, 1, 0, 0]
    assert (found.t_stop - found.t_start).tolist() == [1.0] * 4
    np.testing.assert_array_equal(found.D, D[[0, 0, 9, 31]])


@pytest.mark.parametrize("shape", [(3, 1), (1, 3), (3,)])
def test_numbers_of_clips_are_read_in_any_orientation(shape: tuple[int, ...]) -> None:
    assert clip_numbers(np.array([0.0, 31.0, 40.0]).reshape(shape), 3, HERE, "vids").tolist() == [0, 31, 40]


@pytest.mark.parametrize(("value", "text"), [(-1.0, "-1"), (0.5, "0.5"), (np.nan, "nan"), (np.inf, "inf")])
def test_what_is_no_clip_is_named_with_its_row(value: float, text: str) -> None:
    with pytest.raises(DataError, match=f"{text} is not a clip; clips are numbered from 0") as error:
        clip_numbers(np.array([[0.0], [value]]), 2, HERE, "vids")
    assert (error.value.field, error.value.row) == ("vids", 1)


@pytest.mark.parametrize("shape", [(2, 2), (3, 1)])
def test_each_row_has_one_clip(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match="but one clip for each of 4 rows is expected"):
        clip_numbers(np.zeros(shape), 4, HERE, "vids")


def test_row_that_is_no_distribution_is_named() -> None:
    D = np.full((CLIPS, 4), 0.25)
    assert clip_distributions(D, HERE).shape == (32, 4)
    D[5, 0] = 0.75
    with pytest.raises(DataError) as error:
        clip_distributions(D, HERE)
    assert (error.value.field, error.value.row) == ("dis_label", 5)


def test_rows_are_counted_within_their_group() -> None:
    assert running_number(np.array([3, 1, 3, 3, 1])).tolist() == [0, 0, 1, 2, 1]
    assert running_number(np.array([], dtype=int)).tolist() == []
