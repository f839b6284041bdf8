"""Suggestions of names."""

from mpcl_core.interfaces.suggestions import suggest_name


def test_similar_name_is_suggested_and_no_other() -> None:
    assert suggest_name("epoch", ["epochs", "lr"]) == " Did you mean 'epochs'?"
    assert suggest_name("something", ["epochs", "lr"]) == ""
