"""Imports of a source file are listed, wherever they stand, and nothing is imported."""

from pathlib import Path

import pytest

from mpcl_core.isolation.static_imports import static_imports


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a.b, c", ("a.b", "c")),
        ("def f():\n    from a import b", ("a", "a.b")),
        ("try:\n    import a\nexcept ImportError:\n    a = None", ("a",)),
        ("from . import near\nfrom .deep import one", ("pack", "pack.near", "pack.deep", "pack.deep.one")),
        ("import importlib\nx = importlib.import_module('a.b')", ("importlib", "a.b")),
        ("x = __import__('a')\ny = import_module(name)\nz = import_module('no name')", ("a",)),
    ],
)
def test_imports_are_found_at_the_top_and_within_functions(source: str, expected: tuple[str, ...]) -> None:
    assert static_imports(source.encode(), "pack.mine", Path("mine.py")) == expected
