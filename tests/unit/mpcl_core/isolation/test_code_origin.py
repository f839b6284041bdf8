"""Libraries are distinguished from loose modules by where their files lie."""

import sys
from pathlib import Path

import pytest

from mpcl_core.isolation.code_origin import is_installed, is_loose, module_path


def test_library_beside_its_metadata_is_installed_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("targeted_library", "loose_library"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    metadata = tmp_path / "Targeted-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Name: Targeted\nVersion: 1.0\n")
    (metadata / "RECORD").write_text("targeted_library/__init__.py,,\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name, is_described in (("targeted_library", True), ("loose_library", False)):
        path = module_path(name)
        assert path == tmp_path / name / "__init__.py"
        assert (is_installed(name, path), is_loose(name, path)) == (is_described, not is_described)
    assert not is_loose("json", Path(sys.modules["json"].__file__ or ""))
    assert not is_loose("pytest", Path(pytest.__file__))


def test_compiled_part_of_a_library_on_the_import_path_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some libraries load such a file under its own name, without that of their package."""
    metadata = tmp_path / "library-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: library\nVersion: 1.0\n")
    (metadata / "RECORD").write_text("library/__init__.py,,\nlibrary/deep/_part.so,,\n")
    part = tmp_path / "library" / "deep" / "_part.so"
    part.parent.mkdir(parents=True)
    part.touch()
    assert not is_installed("_part.so", part), "its folder is not on the path"
    monkeypatch.syspath_prepend(tmp_path)
    assert is_installed("_part.so", part)
    assert not is_installed("other", tmp_path / "other" / "deep" / "_part.so")
