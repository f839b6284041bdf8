"""The block ``robustness`` of a recipe."""

from typing import Any

import pytest
from pydantic import ValidationError

from mpcl_core.spec.robustness import RobustnessSettings


def test_every_subset_is_tested_by_default() -> None:
    settings = RobustnessSettings()
    assert (settings.subsets, settings.rates, settings.repeats) == (True, (), 5)
    assert RobustnessSettings(subsets=False, rates=(0.2,)).rates == (0.2,)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"subsets": False}, "there is nothing to test"),
        ({"rates": (0.2, 0.5, 0.2)}, "the rate 0.2 is given twice"),
        ({"rates": (0.0,)}, "greater than 0"),
        ({"rates": (1.0,)}, "less than 1"),
        ({"rates": (float("nan"),)}, "finite"),
        ({"repeats": 0}, "greater than or equal to 1"),
    ],
)
def test_tests_of_nothing_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        RobustnessSettings(**values)
