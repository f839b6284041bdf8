"""The reference of components is generated from the components."""

from mpcl_core.installed.component_reference import as_markdown
from mpcl_core.installed.description import describe
from mpcl_registry.discover import discover
from support.paths import ROOT


def test_component_reference_is_up_to_date() -> None:
    made = as_markdown(discover(entries=()).catalog.entries())
    stored = (ROOT / "docs" / "components.md").read_text(encoding="utf-8")
    assert stored == made, "run: mpcl list --markdown > docs/components.md"


def test_every_parameter_has_a_meaning() -> None:
    for entry in discover(entries=()).catalog.entries():
        for parameter in describe(entry).parameters:
            assert parameter.meaning, f"{entry.cls.slot} {entry.cls.name}: {parameter.name}"
