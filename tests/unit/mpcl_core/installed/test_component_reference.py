"""The reference of components is grouped by slot, links to the project's own files, and escapes what breaks a table."""

from mpcl_core.installed.component_reference import HEAD, ROOT, as_markdown
from mpcl_core.interfaces.components import SLOTS
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.fusions.mean import Mean as MeanFusion
from mpcl_plugins.transforms.zscore import ZScore
from mpcl_registry.catalog import Entry

OWN = [Entry(cls, "mpcl_plugins.own", str(ROOT / "plugins" / f"{cls.slot}.py")) for cls in (Mean, ZScore, MeanFusion)]


def test_components_stand_under_their_slot_in_the_order_of_slots() -> None:
    text = as_markdown(OWN)
    assert text.startswith(HEAD)
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == [f"## {slot.capitalize()}" for slot in SLOTS if slot in {entry.cls.slot for entry in OWN}]
    assert len(headings) == 3
    assert '### <a id="fusion-mean"></a>mean' in text
    assert '### <a id="estimator-mean"></a>mean' in text


def test_component_of_the_project_has_a_link_and_another_one_its_plugin() -> None:
    assert "([mpcl_plugins.own](../plugins/estimator.py))" in as_markdown(OWN)
    foreign = as_markdown([Entry(Mean, "their_plugin", "/elsewhere/their_plugin.py")])
    assert "(their_plugin)" in foreign.replace("\\", "")
    assert "](.." not in foreign


def test_columns_of_the_table_hold_no_bare_vertical_line() -> None:
    rows = [line for line in as_markdown(OWN).splitlines() if line.startswith("| `")]
    assert rows
    assert all(row.replace("\\|", "").count("|") == 5 for row in rows)
    assert any("\\|" in row for row in rows)
