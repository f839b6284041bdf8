"""Folds that hold nobody out are described with the number of people found and needed."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mpcl_core.spec.error_bars import ErrorBarSettings
from mpcl_core.training.inner_folds import InnerSplit
from mpcl_core.training.people_held_out import describe_effect_of_lack, holds_people_out, lack_of_people
from mpcl_plugins.estimators.mean import Mean
from support.specs import block, network

PEOPLE = np.repeat(np.arange(10).astype(str), 2)
FOLD = InnerSplit(np.arange(16), np.arange(16, 20))


@pytest.mark.parametrize(
    ("settings", "lack"),
    [
        ({"folds": 2}, ""),
        ({"folds": 0}, "error_bars.folds is 0"),
        (
            {},
            "a coverage of 0.9 needs at least 9 people to hold out, and there are 2; error_bars: {folds: 5, coverage: 0.9} would hold out all 10",
        ),
        ({"coverage": 0.66}, ""),
        (
            {"coverage": 0.95, "folds": 2},
            "needs at least 19 people to hold out, and there are 10; error_bars: {folds: 5, coverage: 0.9} would",
        ),
    ],
)
def test_lack_of_people_is_stated_with_a_remedy(settings: dict[str, Any], lack: str) -> None:
    found = lack_of_people(PEOPLE, FOLD, ErrorBarSettings(**settings))
    assert lack in found if lack else found == ""


def test_people_on_both_sides_are_not_held_out() -> None:
    mixed = InnerSplit(np.arange(0, 20, 2), np.arange(1, 20, 2))
    assert lack_of_people(PEOPLE, mixed, ErrorBarSettings()) == "the folds do not separate people"


def test_networks_hold_people_out_beside_those_of_a_search() -> None:
    last, best = network(choose="last"), network(choose="best")
    assert holds_people_out(last, ErrorBarSettings())
    assert not holds_people_out(best, ErrorBarSettings())
    assert holds_people_out(best, ErrorBarSettings(folds=3))
    assert not holds_people_out(last, ErrorBarSettings(folds=0))


def test_effect_names_what_depends_on_held_out_people() -> None:
    assert describe_effect_of_lack(network()) == ""
    both = replace(network(shrink=True), mix={"mean": block(Mean)})
    assert describe_effect_of_lack(both) == "train.shrink has no effect and all models of mix count alike"
