"""Call functions in processes of their own."""

import os

import pytest

from mpcl_core.interfaces.errors import DataError, PluginError
from mpcl_core.leaks.fresh_process import Call, call_in_fresh_processes

MODULES = ("mpcl_core.interfaces.errors",)


def test_each_call_has_its_own_process_and_is_reported() -> None:
    messages: list[str] = []
    calls = {"ids": {name: Call(os.getpid, ()) for name in ("a", "b")}, "sums": {"c": Call(max, (1, 3, 2))}}
    results = call_in_fresh_processes(calls, MODULES, messages.append)
    assert results["sums"] == {"c": 3}
    assert len({os.getpid(), *results["ids"].values()}) == 3
    assert [message.partition(" ")[0] for message in messages] == ["[1/3]", "[2/3]", "[3/3]"]
    assert {message.partition(" ")[2] for message in messages} == {"ids: a", "ids: b", "sums: c"}


def fail() -> None:
    raise DataError("no such file", "table.csv")


def test_errors_of_a_component_are_raised_here() -> None:
    with pytest.raises(PluginError, match="no such file"):
        call_in_fresh_processes({"x": {"y": Call(fail, ())}}, MODULES, lambda line: None)


def test_process_that_ends_early_is_an_error() -> None:
    with pytest.raises(PluginError, match="ended before its job did; check that there is enough memory"):
        call_in_fresh_processes({"x": {"y": Call(os._exit, (1,))}}, MODULES, lambda line: None)
