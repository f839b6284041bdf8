"""A recipe may be a mapping of plain values, paths and scalars of numpy."""

from pathlib import Path

import numpy as np

from mpcl_core.interfaces.errors import Fault
from mpcl_core.recipe.mapping import PLACE, read_mapping
from mpcl_core.recipe.node import to_plain


def test_values_of_every_kind_are_read() -> None:
    faults: list[Fault] = []
    recipe = {"dim": np.int64(8), "source": {"path": Path("a/b")}, "seeds": (0, 1), "note": None, "on": True}
    expected = {"dim": 8, "source": {"path": str(Path("a/b"))}, "seeds": [0, 1], "note": None, "on": True}
    assert to_plain(read_mapping(recipe, faults)) == expected
    assert faults == []


def test_a_value_that_no_recipe_holds_is_named_with_its_key() -> None:
    faults: list[Fault] = []
    tree = read_mapping({"prepare": [{"length": {1, 2}}], "x": np.zeros(2)}, faults)
    assert to_plain(tree) == {"prepare": [{"length": None}], "x": None}
    assert [fault.key for fault in faults] == ["prepare[0].length", "x"]
    assert faults[0].place is PLACE
    assert faults[0].message == "a recipe cannot hold a value of the type set."
