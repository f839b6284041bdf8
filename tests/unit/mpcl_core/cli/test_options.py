"""Texts of options become values, or one clear error."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mpcl_core.cli import options


@pytest.mark.parametrize(
    ("convert", "text", "value"),
    [
        (options.positive, "1", 1),
        (options.port, "0", 0),
        (options.port, "65535", 65535),
        (options.amount, "0", 0.0),
        (options.amount, "1e3", 1000.0),
        (options.limit, "0.5", 0.5),
        (options.cohort, "auto", None),
        (options.cohort, "off", 1),
        (options.cohort, "8", 8),
        (options.rate, "ppg=64", ("ppg", 64.0)),
        (options.rate, "a=0.5", ("a", 0.5)),
    ],
)
def test_texts_become_values(convert: Callable[[str], Any], text: str, value: Any) -> None:
    assert convert(text) == value


@pytest.mark.parametrize(
    ("convert", "texts", "message"),
    [
        (options.positive, ["0", "-1", "1.5", "", "x"], "expected a whole number from 1"),
        (options.port, ["-1", "65536", "http"], "expected a whole number from 0 to 65535"),
        (options.amount, ["-1", "nan", "inf", "x"], "expected a number from 0"),
        (options.limit, ["0"], "expected a number above 0"),
        (options.cohort, ["0", "on"], "expected a whole number from 1"),
        (options.rate, ["ppg", "=64", "ppg=0", "ppg=-1", "ppg=inf", "ppg=nan", "ppg=x"], "like ppg=64"),
    ],
)
def test_other_texts_are_refused(convert: Callable[[str], Any], texts: list[str], message: str) -> None:
    for text in texts:
        with pytest.raises(argparse.ArgumentTypeError, match=message):
            convert(text)


def test_options_of_a_recipe_may_be_repeated() -> None:
    parser = argparse.ArgumentParser()
    options.add_recipe(parser)
    options.add_consent(parser)
    found = parser.parse_args(["r.yaml", "--set", "a=1", "--set", "b=2", "--plugin", "p.py", "--trust"])
    assert (found.recipe, found.sets, found.plugins) == ("r.yaml", ["a=1", "b=2"], [Path("p.py")])
    assert found.trust
    assert not found.no_plugins


def test_trust_and_no_plugins_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    options.add_consent(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--trust", "--no-plugins"])
    assert "not allowed with argument" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("encoding", "is_utf8"), [("UTF-8", True), ("utf_8_sig", True), (None, True), ("latin-1", False)]
)
def test_encodings_with_every_character(encoding: str | None, is_utf8: bool) -> None:
    assert options.is_utf8(encoding) is is_utf8
