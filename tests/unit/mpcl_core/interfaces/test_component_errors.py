"""Errors name the innermost component, its file, the line and the call."""

import pytest
import torch

from mpcl_core.interfaces.component_errors import error_line, naming_component_errors, require_shape
from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.errors import DataError, PluginError


class Failing(Estimator):
    """Fail in `fit`."""

    name = "failing"

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def fit(self, windows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        raise self.error

    def predict(self, windows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        return windows.D


def test_error_of_a_component_names_it_with_file_line_and_call() -> None:
    pattern = r"estimator 'failing' \(.*test_component_errors\.py:\d+\) failed in fit\(\): KeyError: 'x'"
    with pytest.raises(PluginError, match=pattern), naming_component_errors():
        Failing(KeyError("x")).fit(None)


def measure(windows: object) -> None:
    raise KeyError(windows)


class Measuring(Failing):
    """Fail in a function that `fit` calls."""

    name = "measuring"

    def fit(self, windows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        measure(windows)


def test_line_is_that_of_a_function_in_the_file_of_the_component() -> None:
    line = measure.__code__.co_firstlineno + 1
    pattern = rf"\(.*test_component_errors\.py:{line}\) failed in fit\(\): KeyError: None"
    with pytest.raises(PluginError, match=pattern), naming_component_errors():
        Measuring(KeyError()).fit(None)


def test_user_errors_and_errors_outside_components_pass_unchanged() -> None:
    with pytest.raises(DataError, match="empty"), naming_component_errors():
        Failing(DataError("empty")).fit(None)
    with pytest.raises(ZeroDivisionError), naming_component_errors():
        raise ZeroDivisionError


def test_error_line_can_be_written_in_any_encoding() -> None:
    assert error_line(ValueError("\udce9")) == "ValueError: \\udce9"
    assert error_line(DataError("empty")) == "empty"


def test_output_of_wrong_shape_is_rejected_with_both_shapes() -> None:
    component = Failing(KeyError())
    output = torch.zeros(2, 3)
    assert require_shape(component, "tokens", output, (2, 3)) is output
    with pytest.raises(PluginError, match=r"returned tokens \(2, 3\), not \(2, 4\)"):
        require_shape(component, "tokens", output, (2, 4))
    with pytest.raises(PluginError, match=r"returned tokens NoneType, not \(2, 4\)"):
        require_shape(component, "tokens", None, (2, 4))
