"""A transform that merges: fitted from its own statistics, and held to the merge by the contract checks."""

import numpy as np
import pytest

from mpcl_core import testing
from mpcl_core.testing.failure import ContractError
from mpcl_core.testing.transform import statistics_merge
from mpcl_plugins.transforms.zscore import ZScore


class OtherMap(ZScore):
    name = "other_map"

    def affine_maps(self):  # type: ignore[no-untyped-def]  # noqa: ANN201
        return {name: each._replace(offset=each.offset + 1) for name, each in super().affine_maps().items()}


def test_fit_is_the_fit_of_the_statistics_of_all_windows() -> None:
    windows = testing.study()
    fitted, other = ZScore().fit(windows), ZScore()
    other.fit_statistics(other.statistics(windows))
    for name, value in fitted.state_dict().items():
        np.testing.assert_array_equal(other.state_dict()[name], value)


def test_contract_refuses_maps_that_differ_from_transform() -> None:
    with pytest.raises(ContractError, match="affine_maps"):
        statistics_merge(OtherMap, {})
