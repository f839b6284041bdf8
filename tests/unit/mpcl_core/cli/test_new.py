"""``mpcl new`` reads sums and scales of questionnaires, and refuses options that exclude each other."""

import argparse
from pathlib import Path

import pytest

from mpcl_core.cli.main import main
from mpcl_core.cli.new import item_sum


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_sum_has_a_label_and_items() -> None:
    assert item_sum("joy=happy + glad") == ("joy", ("happy", "glad"))
    assert item_sum("joy=happy") == ("joy", ("happy",))


@pytest.mark.parametrize("text", ["joy", "=happy", "joy=", "joy=happy+", "joy=happy+happy", " =a"])
def test_sum_that_is_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not written as LABEL=ITEM"):
        item_sum(text)


WRONG = {
    "--questionnaires q --scores s.csv": "--questionnaires states the scores; leave --scores out",
    "--offsets o.csv": "--offsets belongs to --questionnaires FOLDER",
    "--scale 5 1": "--scale 5 1: the lowest score is at least 0 and below the highest",
    "--scale -1 5": "--scale -1 5: the lowest score is at least 0 and below the highest",
    "--reversed calm": "--reversed and --sum need --scale LOW HIGH",
    "--sum joy=a+b": "--reversed and --sum need --scale LOW HIGH",
}


@pytest.mark.parametrize("options", WRONG)
def test_options_that_do_not_fit_are_refused(options: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "dataset", "study", "folder", "--ratings", "joy", *options.split()]) == 2
    assert WRONG[options] in capsys.readouterr().err
    assert not Path("study.csv").exists()


def test_next_steps_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "plugin", "mine", "--slot", "encoder"]) == 0
    printed = capsys.readouterr().out
    for line in ("mpcl test mine.py", "python -m pytest test_mine.py", "mpcl run mine.yaml"):
        assert line in printed
