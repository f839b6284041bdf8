"""What a component learned survives as data."""

from typing import Any

import pytest

from mpcl_core.testing.failure import ContractError
from mpcl_core.testing.fitted_state import state_round_trip
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.transforms.zscore import ZScore
from support import broken_windows


@pytest.mark.parametrize("cls", [Mean, ZScore])
def test_state_of_estimators_and_transforms_is_complete(cls: type[Any]) -> None:
    state_round_trip(cls, {})


def test_state_that_is_no_data_is_refused() -> None:
    with pytest.raises(ContractError, match=r"state_dict\(\)"):
        state_round_trip(broken_windows.Unstorable, {})
