"""Bounds of the types that components annotate their parameters with."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from mpcl_core.interfaces.parameter_types import NAME_PATTERN, Count, Fraction, Name, Natural, NonNegative, Positive


@pytest.mark.parametrize(
    ("kind", "inside", "outside"),
    [
        (Count, [1, 65536], [0, 65537]),
        (Natural, [0, 2**31 - 1], [-1, 2**31]),
        (Positive, [1e-300, 1e300], [0.0, -1.0]),
        (NonNegative, [0.0], [-1e-300]),
        (Fraction, [0.0, 0.999], [1.0, -0.1]),
    ],
)
def test_bounds(kind: Any, inside: list[float], outside: list[float]) -> None:
    for value in inside:
        assert TypeAdapter(kind).validate_python(value) == value
    for value in outside:
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize("name", ["a", "9", "my-study_1.b", "x" * 100])
def test_names_may_become_folders(name: str) -> None:
    assert TypeAdapter(Name).validate_python(name) == name
    assert NAME_PATTERN.match(name)


@pytest.mark.parametrize("name", ["", ".", "..", "-a", "_a", "a/b", "a b", "é", "x" * 101, "a\n"])
def test_other_names_are_refused(name: str) -> None:
    assert not NAME_PATTERN.match(name)
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(name)
