"""The block `search` as checked settings."""

import pytest
from pydantic import ValidationError

from mpcl_core.spec.search import SearchRange, SearchSettings


def test_interval_of_integers_stays_one_of_integers() -> None:
    found = SearchSettings.model_validate({"space": {"dim": {"low": 8, "high": 64}, "x": [1, 2.5, "a"]}, "trials": 2})
    assert found.space == {"dim": SearchRange(low=8, high=64), "x": [1, 2.5, "a"]}
    assert all(isinstance(end, int) for end in SearchRange(low=8, high=64).ends)


@pytest.mark.parametrize(
    "space", [{}, {"dim": [8]}, {"dim": {"low": 2, "high": 2}}, {"lr": {"low": 0.0, "high": 1.0, "log": True}}]
)
def test_space_without_a_choice_is_refused(space: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SearchSettings.model_validate({"space": space, "trials": 2})
