"""Describe what prepared windows depend on."""

from pathlib import Path
from typing import Any

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
    assert set(described["code"]) == {"source ramps", "transform window", "transform doubled", "framework"}
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
