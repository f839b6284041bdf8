"""Classes of other libraries are found by name and constructed from plain values."""

from typing import Any

import pytest

from mpcl_plugins.bridges._named_class import construct, find_class


class Regressor:
    def __init__(self, n_outputs: int = 1, *, alpha: float = 1.0, depth: int = 3) -> None:
        if alpha < 0:
            raise RuntimeError("alpha is negative\nand more")
        if depth < 0:
            raise KeyError
        self.values = (n_outputs, alpha, depth)


KNOWN = {"Ridge": Regressor, "Lasso": Regressor}


def test_class_is_found_by_its_name() -> None:
    assert find_class("Ridge", KNOWN, "regressor") is Regressor


def test_unknown_name_hints_at_the_nearest_or_lists_all() -> None:
    with pytest.raises(ValueError, match=r"no regressor named 'Rigde'\. Did you mean 'Ridge'"):
        find_class("Rigde", KNOWN, "regressor")
    with pytest.raises(ValueError, match="There are: Lasso, Ridge"):
        find_class("xyz", KNOWN, "regressor")


def test_supplied_and_stated_values_construct_it() -> None:
    assert construct(Regressor, {"n_outputs": 5}, {"alpha": 0.5}).values == (5, 0.5, 3)


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"alhpa": 1.0}, "Regressor has no parameter 'alhpa'. Did you mean 'alpha'\\? It takes: alpha, depth"),
        ({"n_outputs": 2}, "has no parameter 'n_outputs'"),
        ({"alpha": -1.0}, "Regressor: alpha is negative$"),
        ({"depth": -1}, "Regressor: KeyError"),
    ],
)
def test_wrong_values_are_one_line(stated: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        construct(Regressor, {"n_outputs": 5}, stated)
