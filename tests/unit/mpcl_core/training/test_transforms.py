"""Transforms are fitted one after the other and applied in the same order."""

import numpy as np

from mpcl_core.testing.sample_data import study
from mpcl_core.training.transforms import apply_transforms, fit_transforms
from mpcl_plugins.transforms.robust import Robust
from mpcl_plugins.transforms.zscore import ZScore
from support.specs import block


def test_each_is_fitted_on_what_the_ones_before_made() -> None:
    windows = study(2, 2, 3)
    windows.X["eeg"] *= 5
    fitted, transformed = fit_transforms([block(ZScore, scope="train"), block(ZScore, scope="train")], windows)
    first = ZScore(scope="train").fit(windows)
    expected = ZScore(scope="train").fit(first.transform(windows)).transform(first.transform(windows))
    assert len(fitted) == 2
    np.testing.assert_allclose(transformed.X["eeg"], expected.X["eeg"], atol=1e-6)
    np.testing.assert_allclose(apply_transforms(windows, fitted).X["eeg"], transformed.X["eeg"], atol=1e-6)


def test_order_matters() -> None:
    windows = study(2, 2, 3)
    one, _ = fit_transforms([block(ZScore, scope="train"), block(Robust, scope="train")], windows)
    assert [type(transform) for transform in one] == [ZScore, Robust]


def test_no_transforms_leave_the_windows() -> None:
    windows = study(1, 2, 2)
    fitted, same = fit_transforms([], windows)
    assert fitted == []
    assert same is windows
    assert apply_transforms(windows, []) is windows
