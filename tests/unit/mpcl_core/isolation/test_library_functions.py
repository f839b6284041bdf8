"""Functions of libraries that a plugin replaces."""

import os

import numpy as np
import pytest
import torch

from mpcl_core.interfaces.errors import PluginError
from mpcl_core.isolation.library_functions import preserve_libraries


def test_replaced_functions_are_named_and_put_back() -> None:
    before = np.mean, torch.softmax, torch.nn.Module.train
    with (
        pytest.raises(
            PluginError, match=r"bad changes .* numpy\.mean was replaced, torch\.softmax was replaced, torch\.nn\.M"
        ),
        preserve_libraries("bad"),
    ):
        np.mean = None  # type: ignore[assignment]
        torch.softmax = None  # type: ignore[assignment]
        torch.nn.Module.train = None  # type: ignore[assignment]
    assert (np.mean, torch.softmax, torch.nn.Module.train) == before


def test_replaced_functions_are_named_in_place_of_the_error_that_they_cause() -> None:
    with pytest.raises(PluginError, match=r"numpy\.mean was replaced") as raised, preserve_libraries("bad"):
        np.mean = None  # type: ignore[assignment]
        np.mean([1.0])
    assert isinstance(raised.value.__cause__, TypeError)


def test_other_errors_and_new_names_pass() -> None:
    with pytest.raises(BaseException, match="base"), preserve_libraries("good"):
        raise BaseException("base")  # noqa: TRY002
    with preserve_libraries("good"):
        torch.nn.of_a_plugin = len  # type: ignore[attr-defined]
    del torch.nn.of_a_plugin  # type: ignore[attr-defined]


def test_closed_standard_stream_is_named_and_opened_again() -> None:
    standard_input = os.dup(0)
    try:
        with pytest.raises(PluginError, match="file descriptor 0 was closed"), preserve_libraries("bad"):
            os.close(0)
        os.fstat(0)
    finally:
        os.dup2(standard_input, 0)
        os.close(standard_input)
