"""``mpcl calibrate`` reports a user's mistake in one line."""

from pathlib import Path

import pytest

from mpcl_core.cli.main import main


def test_folder_without_a_model_ends_the_command_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", str(tmp_path), "mpcl", "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == f"{tmp_path} is not a model folder: it has no model.json\n"
