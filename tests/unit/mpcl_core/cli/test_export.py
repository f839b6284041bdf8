"""`mpcl export` explains what it lacks."""

from pathlib import Path

import pytest

from mpcl_core.cli.main import main


def test_file_for_torch_needs_a_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(tmp_path), "--format", "torch"]) == 2
    assert "name the file with --out FILE.pt2" in capsys.readouterr().err
