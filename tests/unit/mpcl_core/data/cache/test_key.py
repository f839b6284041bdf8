"""Describe what prepared windows depend on."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core.data.cache.checksummed_json import digest
from mpcl_core.data.cache.file_hashes import FileHashes
from mpcl_core.data.cache.key import describe_inputs
from support.cache_study import Sloppy, ramp_blocks, ramps, simulated_blocks
from support.specs import block


@pytest.fixture
def hashes(tmp_path: Path) -> FileHashes:
    return FileHashes(tmp_path / "hashes")


def inputs(path: Path, hashes: FileHashes, **parameters: Any) -> dict[str, Any]:
    described = describe_inputs(*ramp_blocks(path, **parameters), hashes)
    assert described is not None
    return described


def test_inputs_name_parameters_files_code_and_libraries(tmp_path: Path, hashes: FileHashes) -> None:
    described = inputs(ramps(tmp_path / "data", a=1, b=2), hashes)
    assert described["source"] == {"use": "ramps", "path": {"path": "data"}, "scale": 1.0}
    assert [each["use"] for each in described["prepare"]] == ["window", "doubled"]
    components = {"source ramps", "transform window", "transform doubled"}
    assert set(described["code"]) == {*components, "library support", "framework"}
    assert "numpy" in described["libraries"]


def test_key_follows_content_and_not_place(tmp_path: Path, hashes: FileHashes) -> None:
    one = inputs(ramps(tmp_path / "one" / "data", a=1), hashes)
    same = inputs(ramps(tmp_path / "two" / "data", a=1), hashes)
    other = inputs(ramps(tmp_path / "three" / "data", a=2), hashes)
    assert digest(one) == digest(same)
    assert digest(one) != digest(other)


@pytest.mark.parametrize("scale", [1, 2.0])
def test_parameter_and_its_type_change_the_key(scale: float, tmp_path: Path, hashes: FileHashes) -> None:
    folder = ramps(tmp_path / "data", a=1)
    assert digest(inputs(folder, hashes, scale=scale)) != digest(inputs(folder, hashes, scale=1.0))


@dataclass(frozen=True)
class Table:
    """Hold a file."""

    file: Path


class Composed(Sloppy):
    """Make windows from files in a composed parameter.

    Args:
        path: any file.
        more: anything.
    """

    name = "composed"

    def __init__(self, *, path: Path, more: object) -> None:
        super().__init__(path=path)
        self.more = more


@pytest.mark.parametrize(
    "compose", [Table, lambda path: {path}, lambda path: [Table(path)], lambda path: {"a": (path,)}]
)
def test_file_within_a_composed_parameter_changes_the_key(
    compose: Callable[[Path], object], tmp_path: Path, hashes: FileHashes
) -> None:
    path, table = ramps(tmp_path / "data", a=1), tmp_path / "table.txt"
    keys = []
    for text in ("one", "other"):
        table.write_text(text)
        described = describe_inputs(block(Composed, path=path, more=compose(table)), [], hashes)
        assert described is not None
        json.dumps(described)
        keys.append(digest(described))
    assert keys[0] != keys[1]


def test_order_of_a_set_does_not_change_the_key(tmp_path: Path, hashes: FileHashes) -> None:
    path, names = ramps(tmp_path / "data", a=1), [f"name{number}" for number in range(50)]
    values = (set(names), set(names))
    one, other = (describe_inputs(block(Composed, path=path, more=value), [], hashes) for value in values)
    assert one == other
    assert one is not None
    assert one["source"]["more"] == sorted(names)


def test_inputs_are_unknown_where_a_parameter_may_name_a_file_that_is_not_found(
    tmp_path: Path, hashes: FileHashes
) -> None:
    path, table = ramps(tmp_path / "data", a=1), tmp_path / "table.txt"
    table.write_text("x")
    for unknown in (str(table), object(), [Table(table), np.zeros(2)]):
        assert describe_inputs(block(Composed, path=path, more=unknown), [], hashes) is None
    assert describe_inputs(block(Composed, path=path, more="not a file"), [], hashes) is not None


def test_simulation_needs_no_files(hashes: FileHashes) -> None:
    described = describe_inputs(*simulated_blocks(), hashes)
    assert described is not None
    assert described["files"] == {}


def test_inputs_are_unknown_where_the_code_of_a_component_is(
    tmp_path: Path, hashes: FileHashes, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = block(Sloppy, path=ramps(tmp_path / "data", a=1))
    assert describe_inputs(source, [], hashes) is not None
    monkeypatch.setattr("mpcl_core.data.cache.key.hash_class", lambda cls: None)
    assert describe_inputs(source, [], hashes) is None
