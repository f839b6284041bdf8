"""Moments of several sets of windows are pooled to those of all windows."""

import numpy as np
import pytest

from mpcl_core.plugin import Modality
from mpcl_plugins.transforms._moments import Moments

SIGNAL, TABLE = Modality("eeg", 3, 8, 64.0, (), "uV"), Modality("face", 3, 8, None, (), "")


@pytest.mark.parametrize("modality", [SIGNAL, TABLE])
def test_pooled_moments_are_those_of_all_windows(modality: Modality) -> None:
    values = np.random.default_rng(0).normal(2.0, 3.0, (20, 3, 8)).astype(np.float32)
    whole = Moments.of(values, modality)
    pooled = Moments.pooled([Moments.of(part, modality) for part in np.split(values, [1, 7])])
    assert whole.mean.shape == ((1, 3, 1) if modality is SIGNAL else (1, 3, 8))
    assert pooled.n == whole.n == 20
    np.testing.assert_allclose(pooled.mean, whole.mean, rtol=1e-12)
    np.testing.assert_allclose(pooled.variance, whole.variance, rtol=1e-12)


def test_what_never_varies_is_divided_by_one() -> None:
    values = np.full((4, 3, 8), 0.1, np.float32)
    values[:, 0] = np.arange(8)
    found = Moments.of(values, SIGNAL)
    assert found.deviation[0, 1:].tolist() == [[1.0], [1.0]]
    assert found.normalised(values)[:, 0].std() == pytest.approx(1.0)
    assert np.abs(found.normalised(values)[:, 1:]).max() < 1e-6
