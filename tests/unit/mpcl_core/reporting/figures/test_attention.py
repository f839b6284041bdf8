"""The entropy of attention, relative to that of even attention."""

import numpy as np

from mpcl_core.reporting.figures.attention import relative_entropy


def test_relative_entropy_is_one_for_uniform_and_zero_for_single_attention() -> None:
    even, single = np.full(4, 0.25), np.array([0, 1.0, 0, 0])
    half = np.array([0.25, 0.25, 0, 0])  # the rest goes to another modality
    attention = np.broadcast_to(np.stack([even, single, half])[:, None], (5, 3, 2, 4))
    np.testing.assert_allclose(relative_entropy(attention), [1, 0, 0.5], atol=1e-12)
    absent = attention.copy()
    absent[0] = 0
    np.testing.assert_allclose(relative_entropy(absent), [1, 0, 0.5], atol=1e-12)
    assert np.isnan(relative_entropy(attention[..., :1])).all()
    assert np.isnan(relative_entropy(np.zeros((5, 3, 2, 4)))).all()
