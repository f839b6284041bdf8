"""label_correlation against numpy, its guards, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from mpcl_core.interfaces.errors import PluginError
from mpcl_plugins.objectives.label_correlation import LabelCorrelation
from support.states import D, K, batch, state, taken


def objective() -> LabelCorrelation:
    return LabelCorrelation(n_outputs=K, dim=D)


def test_a_perfect_prediction_has_no_loss() -> None:
    loss, windows = objective(), batch(6)
    loss.observe(windows.D, windows.weight)
    assert loss(replace(state(6), logits=windows.D.log()), windows) < 1e-6


def test_it_is_the_mean_squared_difference_off_the_diagonal() -> None:
    loss, found, windows = objective(), state(6), batch(6)
    loss.observe(windows.D, windows.weight)
    R, C = np.corrcoef(found.logits.softmax(-1).T), np.corrcoef(windows.D.T)
    expected = np.mean([(R[j, m] - C[j, m]) ** 2 for j in range(K) for m in range(K) if j != m])
    assert float(loss(found, windows)) == pytest.approx(float(expected), abs=1e-4)


@pytest.mark.parametrize("n", [1, 2])
def test_it_is_finite_for_few_windows(n: int) -> None:
    assert objective()(taken(state(6), range(n)), batch(n)).isfinite()


def test_windows_of_weight_zero_have_no_influence() -> None:
    weighted = batch(6, [1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    expected = objective()(taken(state(6), range(4)), batch(4))
    assert torch.allclose(objective()(state(6), weighted), expected, atol=1e-6)


def test_a_head_without_correlation_is_refused() -> None:
    with pytest.raises(PluginError, match="needs the head 'label_attention'"):
        LabelCorrelation(n_outputs=K, dim=D, of="head")(state(2), batch(2))
