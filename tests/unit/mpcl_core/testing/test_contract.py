"""Every check fails on a component that is broken in just that way, and on nothing else."""

import re
from typing import Any

import pytest

from mpcl_core.interfaces.components import SLOTS, Component
from mpcl_core.testing.contract import ContractError, checks, failures
from mpcl_registry.discover import discover
from support import broken_network, broken_rows, broken_studies

FILES = (broken_network, broken_rows, broken_studies)
BROKEN = [case for file in FILES for case in file.BROKEN]
SOUND = [case for file in FILES for case in file.SOUND]


@pytest.mark.slow
@pytest.mark.parametrize(("cls", "parameters"), SOUND, ids=lambda value: getattr(value, "__name__", ""))
def test_the_sound_ones_keep_the_contract(cls: type[Component], parameters: dict[str, Any]) -> None:
    assert failures(cls, **parameters) == {}


@pytest.mark.parametrize(("check", "cls", "parameters"), BROKEN, ids=[f"{c}-{cls.__name__}" for c, cls, _ in BROKEN])
def test_just_that_check_fires(check: str, cls: type[Component], parameters: dict[str, Any]) -> None:
    found = {}
    for one in checks(cls, **parameters):
        if cls.slot == "source" and one.name == "hash_independent" != check:
            continue  # starts a process, which takes seconds
        try:
            one()
        except ContractError as error:
            found[one.name] = str(error)
    assert list(found) == [check], found
    assert found[check].startswith(f"{cls.name}-{check}: ")
    assert "it raised" not in found[check] or check in ("stackable", "device_and_dtype")


@pytest.mark.slow
@pytest.mark.parametrize("slot", SLOTS)
def test_every_check_of_every_slot_has_a_broken_component(slot: str) -> None:
    classes = [entry.cls for entry in discover(entries=()).catalog.entries(slot)]
    names = {check.name for cls in classes for check in checks(cls)}
    assert len(names) >= 7
    general = {"defaults_suffice", "documented"}
    network = {check for check, _, _ in broken_network.BROKEN}
    own = {check for check, cls, _ in BROKEN if cls.slot == slot}
    assert names <= own | general | (
        network if slot in ("encoder", "fusion", "memory", "retrieval", "objective", "head") else set()
    )


def test_a_check_says_what_it_demands_and_what_it_saw() -> None:
    found = checks(broken_network.Narrow)
    assert len({str(check) for check in found}) == len(found)
    assert all(check.what.endswith(".") and len(check.what) > 40 for check in found)
    (shapes,) = [check for check in found if str(check) == "plain-shapes"]
    with pytest.raises(ContractError, match=re.escape("tokens has shape (1, 4, 7), not (b n d) with b = 1, d = 8")):
        shapes()


class Raising(broken_network.Plain):
    """Raises."""

    def forward(self, x: Any) -> Any:
        raise ZeroDivisionError("on purpose")


def test_what_a_component_raises_is_told_with_its_place() -> None:
    found = failures(Raising)
    assert re.search(
        r"plain-shapes: it raised ZeroDivisionError: on purpose \(.*test_contract\.py:\d+\)", found["shapes"]
    )
