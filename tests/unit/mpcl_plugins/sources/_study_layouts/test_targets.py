"""Test the distribution of a clip's target."""

import numpy as np

from mpcl_plugins.sources._study_layouts.targets import target_distribution


def test_target_has_the_largest_share() -> None:
    np.testing.assert_allclose(target_distribution(1, 4, 0.25), [0.125, 0.625, 0.125, 0.125])
