"""Differences of two keys are named part by part."""

from typing import Any

import pytest

from mpcl_core.data.cache.explanation import find_differences


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 1}}, {}),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, {"a.b": (1, 2)}),
        ({"a": [1, {"c": 2}]}, {"a": [1, {"c": 3}, 4]}, {"a[1].c": (2, 3), "a[2]": (None, 4)}),
        ({"files": {"x": "1"}}, {"files": {}}, {"files.x": ("1", None)}),
        ({"b": 1, "a": 2}, {"a": 3, "b": 4}, {"b": (1, 4), "a": (2, 3)}),
    ],
)
def test_parts_that_differ_are_named(one: dict[str, Any], other: dict[str, Any], expected: dict[str, Any]) -> None:
    found = find_differences(one, other)
    assert found == expected
    assert list(found) == list(expected)
