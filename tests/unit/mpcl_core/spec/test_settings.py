"""Check the settings of training and of the robustness test."""

from typing import Any

import pytest

from mpcl_core.spec.pool import PoolSettings
from mpcl_core.spec.robustness import RobustnessSettings
from support.specs import train


@pytest.mark.parametrize("changes", [{"choose": "last"}, {"refit": False}])
def test_inner_folds_need_a_search_and_a_refit(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="inner_folds choose a number of epochs"):
        train(inner_folds=3, **changes)
    assert train(inner_folds=1, **changes).inner_folds == 1


@pytest.mark.parametrize(
    "changes", [{"epochs": 0}, {"lr": 0.0}, {"modality_dropout": 1.5}, {"epochs": 2.0}, {"foo": 1}]
)
def test_values_out_of_range_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(changes))):
        train(**changes)


def test_robustness_needs_something_to_test() -> None:
    assert RobustnessSettings().subsets
    with pytest.raises(ValueError, match="there is nothing to test"):
        RobustnessSettings(subsets=False)
    with pytest.raises(ValueError, match=r"the rate 0\.5 is given twice"):
        RobustnessSettings(rates=(0.5, 0.1, 0.5))


@pytest.mark.parametrize("changes", [{"keep": 0.0}, {"keep": 1.5}, {"unit": "subject"}, {"share": 0.5}])
def test_pool_refuses_other_units_and_shares(changes: dict[str, Any]) -> None:
    assert PoolSettings(unit="trial").keep == 1
    with pytest.raises(ValueError, match=next(iter(changes))):
        PoolSettings(**{"unit": "trial", **changes})
