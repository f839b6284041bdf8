"""Rules of estimators accept a correct one, and state what a broken one did."""

from typing import Any

import pytest

from mpcl_core.testing.estimator import ESTIMATOR
from mpcl_core.testing.failure import ContractError
from mpcl_plugins.estimators.mean import Mean
from support import broken_windows as broken

RULES = {rule.__name__: rule for rule in ESTIMATOR}


@pytest.mark.parametrize("name", RULES)
def test_correct_estimator_keeps_every_rule(name: str) -> None:
    RULES[name](Mean, {})


@pytest.mark.parametrize(
    ("name", "cls"),
    [
        ("distributions", broken.Doubled),
        ("windows_do_not_mix", broken.Relative),
        ("repeatable", broken.Restless),
        ("labels_not_used", broken.Cheating),
        ("input_unchanged", broken.Reweighting),
        ("process_state_unchanged", broken.SeedingEstimator),
    ],
)
def test_broken_estimator_is_refused(name: str, cls: type[Any]) -> None:
    with pytest.raises(ContractError):
        RULES[name](cls, {})
