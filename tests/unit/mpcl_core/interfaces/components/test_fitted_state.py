"""Fitted state is offered as plain values and taken over by a new component."""

import numpy as np
import pytest

from mpcl_core.interfaces.components import FittedComponent
from mpcl_core.interfaces.errors import PluginError


class Fitted(FittedComponent):
    name = "fitted"

    def __init__(self, *, k: int = 3) -> None:
        self.k = k


def test_state_holds_what_was_learned_and_not_the_parameters() -> None:
    fitted = Fitted()
    fitted.mean, fitted.n, fitted.of = np.arange(2.0), np.float64(0.5), {"s.1": np.ones(2), "": np.zeros(2)}
    fitted.empty = {}
    loaded = Fitted()
    loaded.load_state_dict(fitted.state_dict())
    assert "k" not in fitted.state_dict()
    assert (loaded.n, loaded.empty, list(loaded.of)) == (0.5, {}, ["s.1", ""])
    assert loaded.mean.tolist() == [0.0, 1.0]
    assert loaded.of["s.1"].tolist() == [1.0, 1.0]


def test_attribute_that_is_no_plain_value_is_named() -> None:
    fitted = Fitted()
    fitted.forest = object()
    with pytest.raises(PluginError, match="'fitted' cannot be stored: its attribute 'forest' is of type object"):
        fitted.state_dict()


@pytest.mark.parametrize("name", ["load_state_dict", "__class__", "__dict__.keys"])
def test_state_does_not_replace_what_the_class_defines(name: str) -> None:
    with pytest.raises(PluginError, match="has no fitted value"):
        Fitted().load_state_dict({name: 3})
