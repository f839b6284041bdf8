"""The package exports the public API, and imports it when it is used."""

import json
import os
import statistics
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import mpcl_core


def test_every_public_name_exists_and_is_listed() -> None:
    for name in mpcl_core.__all__:
        assert getattr(mpcl_core, name) is not None
    assert set(mpcl_core.__all__) <= set(dir(mpcl_core))
    assert mpcl_core.__version__ == metadata.version("mpcl")


def test_no_public_function_has_the_name_of_a_module() -> None:
    package = Path(mpcl_core.__file__).parent
    modules = {path.stem for path in package.iterdir()} - {"losses", "metrics"}  # which are modules themselves
    assert not modules & set(mpcl_core.__all__)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'mpcl_core' has no attribute 'nonsense'"):
        _ = mpcl_core.nonsense


def test_every_public_function_has_documentation_with_an_example() -> None:
    for name in ("run", "check", "compare", "audit", "load_recipe", "open_run"):
        text = getattr(mpcl_core, name).__doc__
        for section in ("Args:", "Returns:", "Raises:", "Example:"):
            assert section in text, (name, section)


def test_import_loads_nothing_heavy() -> None:
    code = "import sys, json, mpcl_core; print(json.dumps([m for m in ('torch', 'numpy', 'pydantic') if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no processor time of child processes")
def test_import_costs_less_than_60_ms() -> None:
    def seconds(code: str) -> float:
        """Return the processor time of a program, which does not depend on what else runs here."""
        before = os.times()
        subprocess.run([sys.executable, "-c", code], check=True)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    pairs = [(seconds("import mpcl_core"), seconds("pass")) for _ in range(9)]
    assert statistics.median(ours - bare for ours, bare in pairs) < 0.06
