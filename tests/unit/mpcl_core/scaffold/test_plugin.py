"""Write the files of a new plugin."""

import importlib

import pytest

from mpcl_core.interfaces.components import SLOTS
from mpcl_core.scaffold.plugin import PATCHES, TEMPLATES, class_name
from mpcl_core.testing import contract


def test_every_slot_has_a_template() -> None:
    assert set(PATCHES) == set(SLOTS) == {path.stem for path in TEMPLATES.glob("[a-z]*.py")}


@pytest.mark.slow
@pytest.mark.parametrize("slot", SLOTS)
def test_every_template_passes_the_contract(slot: str) -> None:
    template = importlib.import_module(f"mpcl_core.scaffold.templates.{slot}").Template
    for check in contract.checks(template):
        check()


def test_class_is_named_after_its_file() -> None:
    assert [class_name(name) for name in ("breath", "breath_rate", "x2_y")] == ["Breath", "BreathRate", "X2Y"]
