"""A source that wraps another provides whatever the other provides."""

import ast

from mpcl_core.interfaces.components import Source
from mpcl_core.toolkit.wrapping_source import WrappingSource
from mpcl_plugins.sources.simulated import Simulated
from support.paths import ROOT

DESCRIPTIONS = [name for name, value in vars(Source).items() if isinstance(value, property)]


def test_wrapped_source_is_described_and_loaded_as_itself() -> None:
    source = Simulated(subjects=2, trials=1, seconds=4.0)
    wrapping = type("Same", (WrappingSource,), {"name": "same"})(source=source)
    assert {name: getattr(wrapping, name) for name in DESCRIPTIONS} == {
        name: getattr(source, name) for name in DESCRIPTIONS
    }
    assert [one.subject for one in wrapping.load()] == [one.subject for one in source.load()]


def test_every_description_of_a_source_is_passed_on() -> None:
    computed = {"continuous"}  # from the modalities
    assert set(DESCRIPTIONS) - computed <= set(vars(WrappingSource))


def test_every_source_that_is_constructed_with_another_is_a_wrapping_source() -> None:
    found = []
    for file in (each for room in ("mpcl_core", "plugins") for each in (ROOT / room).rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        for cls in ast.walk(ast.parse(text)) if "(Source):" in text else ():
            if isinstance(cls, ast.ClassDef) and "Source" in map(ast.unparse, cls.bases):
                made = [each for each in cls.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]
                found += [cls.name for each in made if "source: Source" in ast.unparse(each.args)]
    assert found == ["WrappingSource"]
