"""Copies with other weights give the same results stacked as one by one."""

import pytest

from mpcl_core.testing.cases import build_cases
from mpcl_core.testing.failure import ContractError
from mpcl_core.testing.stacking import stackable
from mpcl_plugins.heads.linear import Linear
from support import broken_network


def test_correct_head_can_be_stacked() -> None:
    for case in build_cases(Linear, {}):
        stackable(case)


def test_component_that_fills_in_place_cannot_be_stacked() -> None:
    with pytest.raises((ContractError, RuntimeError)):
        stackable(next(iter(build_cases(broken_network.Filling, {}))))
