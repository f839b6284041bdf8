"""``mpcl push`` reports a user's mistake in one line."""

from pathlib import Path

import pytest

from mpcl_core.cli.main import main


def test_folder_without_a_model_ends_the_command_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["push", str(tmp_path), "me/emotions"]) == 2
    assert str(tmp_path) in capsys.readouterr().err
