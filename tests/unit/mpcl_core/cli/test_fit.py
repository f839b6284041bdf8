"""``mpcl fit`` reports a user's mistake in one line."""

from pathlib import Path

import pytest

from mpcl_core.cli.main import main


def test_existing_folder_ends_the_command_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["fit", "mpcl", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{tmp_path} exists; name another folder, or remove it\n"
