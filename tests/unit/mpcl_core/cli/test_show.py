"""``mpcl show`` prints a component, the values of a recipe, or the difference of two recipes."""

import json
from pathlib import Path

import pytest

from mpcl_core.cli.main import main
from mpcl_core.runs.layout import MANIFEST, RECIPE


@pytest.fixture
def recipe(tmp_path: Path) -> str:
    (tmp_path / "mine.yaml").write_text("extends: described\nname: mine\ndim: 16\n")
    return str(tmp_path / "mine.yaml")


def test_component_is_printed_with_its_equation_and_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "mean"]) == 0
    printed = capsys.readouterr().out
    assert "mean (fusion) from mpcl_plugins.fusions" in printed
    assert "mean (estimator) from mpcl_plugins.estimators" in printed
    assert "It takes no parameters." in printed


def test_component_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "conv_tokens", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["slot"], found["name"]) == ("encoder", "conv_tokens")


def test_two_recipes_are_compared(recipe: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", recipe, "described", "--json"]) == 0
    assert [row["key"] for row in json.loads(capsys.readouterr().out)] == ["dim"]
    assert main(["show", recipe, recipe]) == 0
    assert capsys.readouterr().out == "They do not differ.\n"


def test_values_that_are_no_text_are_printed_as_in_a_recipe(recipe: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", recipe, "--set", "seeds=[1, 2]"]) == 0
    printed = capsys.readouterr().out
    assert "[1, 2]" in printed


def test_more_than_two_names_are_refused(recipe: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", recipe, recipe, recipe]) == 2
    assert "show takes a component's name, a recipe, two recipes, or a model folder" in capsys.readouterr().err


def test_unknown_name_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "lineer"]) == 2
    assert capsys.readouterr().err == (
        "no component and no recipe named 'lineer'. Did you mean 'linear'? 'mpcl list' shows the components, "
        "'mpcl list recipes' the recipes.\n"
    )


def test_run_folder_names_the_commands_that_read_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in (MANIFEST, RECIPE):
        (tmp_path / name).touch()
    assert main(["show", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert f"'mpcl compare {tmp_path}' prints its results, 'mpcl show {tmp_path / RECIPE}' its recipe" in error
