"""The history of a search: patience, the choice of the epoch, and the way through a checkpoint."""

import numpy as np
import pytest
import torch

from mpcl_core import testing
from mpcl_core.training.epoch_search import SearchHistory, is_search_finished
from support.specs import network


def curve(*means: float) -> list[np.ndarray]:
    return [np.full(2, mean) for mean in means]


@pytest.mark.parametrize(
    ("means", "inner_folds", "finished"),
    [
        ((), 1, False),
        ((1.0, 0.5, 0.6), 1, False),
        ((1.0, 0.5, 0.6, 0.7), 1, True),  # two epochs without a lower KL
        ((1.0, 0.5, 0.6, 0.7), 3, False),  # the curves of all inner folds need one length
        ((1.0, 0.9, 0.8, 0.7, 0.6, 0.5), 1, True),  # all five epochs
    ],
)
def test_search_ends_after_patience_or_all_epochs(means: tuple[float, ...], inner_folds: int, finished: bool) -> None:
    settings = network(epochs=5, patience=2, inner_folds=inner_folds).train
    assert is_search_finished(curve(*means), np.ones(2), settings) is finished


def test_min_delta_is_the_least_gain_that_counts() -> None:
    settings = network(epochs=9, patience=2, min_delta=0.05).train
    assert is_search_finished(curve(1.0, 0.5, 0.48, 0.46), np.full(2, 7.0), settings)
    assert not is_search_finished(curve(1.0, 0.5, 0.48, 0.44), np.full(2, 7.0), settings)


def test_all_inner_folds_choose_one_epoch_jointly() -> None:
    """The first fold alone would choose epoch 1, the second epoch 2, which gains more."""
    history = SearchHistory([curve(1.0, 0.5, 0.6), curve(1.0, 0.9, 0.2)])
    windows = testing.study().take(np.arange(4))
    windows.weight = np.ones(4)
    assert history.choose_epoch(network(choose="best").train, windows) == 2


def test_history_survives_a_checkpoint() -> None:
    history = SearchHistory([curve(1.0, 0.5)], [{}, {"w": torch.ones(2)}])
    restored = SearchHistory.from_checkpoint(history.state_dict())
    np.testing.assert_array_equal(restored.curves, history.curves)
    assert torch.equal(restored.weights[1]["w"], torch.ones(2))
    assert SearchHistory.from_checkpoint(None) == SearchHistory()
