"""Labels that may become folders."""

from hypothesis import given
from hypothesis import strategies as st

from mpcl_core.interfaces.parameter_types import NAME_PATTERN
from mpcl_plugins.protocols._fold_labels import fold_labels


def test_a_plain_name_stays() -> None:
    assert fold_labels(["S2", "S10", "p_01.a-b"]) == ["S2", "S10", "p_01.a-b"]


def test_labels_that_would_be_equal_are_numbered() -> None:
    assert fold_labels(["a b", "a/b", "A-B", "a-b-2"]) == ["a-b", "a-b-2", "A-B-3", "a-b-2-2"]


def test_names_without_a_usable_letter() -> None:
    assert fold_labels(["", "..", "李"]) == ["unnamed", "unnamed-2", "unnamed-3"]


@given(st.lists(st.text(max_size=130)))
def test_labels_of_any_names_are_distinct_and_safe(names: list[str]) -> None:
    labels = fold_labels(names)
    assert all(NAME_PATTERN.match(label) for label in labels)
    assert len({label.casefold() for label in labels}) == len(names)
    assert labels == fold_labels(names)
