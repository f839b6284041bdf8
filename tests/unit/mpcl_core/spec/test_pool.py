"""The block ``pool`` of a recipe."""

import pytest
from pydantic import ValidationError

from mpcl_core.spec.pool import PoolSettings


def test_all_windows_of_a_trial_are_averaged_by_default() -> None:
    assert PoolSettings(unit="trial").keep == 1.0
    assert PoolSettings(unit="trial", keep=0.25).keep == 0.25


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"unit": "subject"},
        {"unit": "trial", "keep": 0.0},
        {"unit": "trial", "keep": 1.1},
        {"unit": "trial", "of": 1},
    ],
)
def test_other_values_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PoolSettings.model_validate(values)
