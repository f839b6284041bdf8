"""Each check fails for the component that breaks it, and for no other."""

import re
from typing import Any

import pytest

from mpcl_core.interfaces.components import SLOTS, Component
from mpcl_core.testing.contract import ContractError, checks, failures
from mpcl_registry.discover import discover
from support import broken_data, broken_network, broken_windows

FILES = (broken_network, broken_windows, broken_data)
BROKEN = [case for file in FILES for case in file.BROKEN]
VALID = [case for file in FILES for case in file.VALID]
SLOW = [
    ("hash_independent", broken_data.Unsorted),
    ("hash_independent", broken_data.Hashed),
    ("repeatable", broken_data.Moody),
]
"""Cases that start a process, or draw a study several times."""


@pytest.mark.slow
@pytest.mark.parametrize(("cls", "parameters"), VALID, ids=lambda value: getattr(value, "__name__", ""))
def test_valid_components_pass_all_checks(cls: type[Component], parameters: dict[str, Any]) -> None:
    assert failures(cls, **parameters) == {}


@pytest.mark.parametrize(
    ("check", "cls", "parameters"),
    [
        pytest.param(*case, id=f"{case[0]}-{case[1].__name__}", marks=[pytest.mark.slow] * (case[:2] in SLOW))
        for case in BROKEN
    ],
)
def test_broken_component_fails_exactly_one_check(check: str, cls: type[Component], parameters: dict[str, Any]) -> None:
    found = {}
    for each in checks(cls, **parameters):
        if cls.slot == "source" and each.name == "hash_independent" != check:
            continue  # starts a process, which takes seconds
        try:
            each()
        except ContractError as error:
            found[each.name] = str(error)
    assert list(found) == [check], found
    assert found[check].startswith(f"{cls.name}-{check}: ")
    assert "it raised" not in found[check] or check in ("stackable", "device_and_dtype")


@pytest.mark.slow
@pytest.mark.parametrize("slot", SLOTS)
def test_every_check_has_a_component_that_fails_it(slot: str) -> None:
    classes = [entry.cls for entry in discover(entries=()).catalog.entries(slot)]
    names = {check.name for cls in classes for check in checks(cls)}
    assert len(names) >= 7
    general = {"parameters_have_defaults", "parameters_are_documented"}
    network = {check for check, _, _ in broken_network.BROKEN}
    own = {check for check, cls, _ in BROKEN if cls.slot == slot}
    assert names <= own | general | (
        network if slot in ("encoder", "fusion", "memory", "retrieval", "objective", "head") else set()
    )


def test_check_states_requirement_and_finding() -> None:
    found = checks(broken_network.Narrow)
    assert len({str(check) for check in found}) == len(found)
    assert all(check.what.endswith(".") and len(check.what) > 40 for check in found)
    (shapes,) = [check for check in found if str(check) == "plain-shapes"]
    with pytest.raises(ContractError, match=re.escape("tokens has shape (1, 4, 7), not (b n d) with b = 1, d = 8")):
        shapes()


class Raising(broken_network.Plain):
    """Raise an error."""

    def forward(self, x: Any) -> Any:
        raise ZeroDivisionError("on purpose")


def test_error_of_component_is_reported_with_file_and_line() -> None:
    found = failures(Raising)
    assert re.search(
        r"plain-shapes: it raised ZeroDivisionError: on purpose \(.*test_contract\.py:\d+\)", found["shapes"]
    )
