"""A stand-in takes the place of torchaudio's compiled part only where that cannot load and torch has no CUDA."""

import sys
from pathlib import Path

import pytest
import torch

from mpcl_core.installed.health import examine
from mpcl_plugins.bridges._torchaudio import EXTENSION, needs_stand_in, register_stand_in
from mpcl_registry.catalog import Catalog

USES_EXTENSION = """
from . import _extension
from torchaudio._extension import fail_if_no_align

@fail_if_no_align
def align():
    pass
"""


@pytest.fixture
def torchaudio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A torchaudio whose compiled part does not load; returns the compiled part."""
    library = tmp_path / "torchaudio" / "lib" / "_torchaudio.abi3.so"
    library.parent.mkdir(parents=True)
    library.write_bytes(b"not a library")
    (tmp_path / "torchaudio" / "_extension.py").write_text("raise OSError('libcudart.so.13')")
    (tmp_path / "torchaudio" / "__init__.py").write_text(USES_EXTENSION)
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchaudio"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torchaudio", sys)  # restored after the test
    monkeypatch.setitem(sys.modules, EXTENSION, sys)
    del sys.modules["torchaudio"], sys.modules[EXTENSION]
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(torch.version, "cuda", None)
    return library


@pytest.mark.usefixtures("torchaudio")
def test_torchaudio_can_be_imported_without_its_compiled_part() -> None:
    assert any(note.startswith("torchaudio") for note in examine(Catalog()).notes)
    register_stand_in()
    import torchaudio

    assert not torchaudio._extension._IS_TORCHAUDIO_EXT_AVAILABLE
    with pytest.raises(RuntimeError, match="align needs the compiled part of torchaudio"):
        torchaudio.align()
    assert not needs_stand_in(), "it is registered"


@pytest.mark.usefixtures("torchaudio")
def test_failure_with_cuda_is_left_to_be_repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    register_stand_in()
    assert EXTENSION not in sys.modules


def test_compiled_part_that_loads_is_used(torchaudio: Path) -> None:
    torchaudio.unlink()
    register_stand_in()
    assert EXTENSION not in sys.modules
