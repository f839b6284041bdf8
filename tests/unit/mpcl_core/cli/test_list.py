"""``mpcl list`` prints components, recipes or runs, and refuses options that are for something else."""

import json
from pathlib import Path

import pytest

from mpcl_core.cli.main import main


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, list[dict[str, str]]]:
    assert main(["list", *arguments, "--json"]) == 0
    found: dict[str, list[dict[str, str]]] = json.loads(capsys.readouterr().out)
    return found


def test_components_of_a_slot_have_a_name_a_sentence_and_an_owner(capsys: pytest.CaptureFixture[str]) -> None:
    rows = listed(capsys, "head")["components"]
    assert {row["slot"] for row in rows} == {"head"}
    (linear,) = [row for row in rows if row["name"] == "linear"]
    assert linear["owner"] == "mpcl_plugins.heads"
    assert linear["what"].endswith(".")


def test_recipes_have_a_name_and_a_description(capsys: pytest.CaptureFixture[str]) -> None:
    rows = listed(capsys, "recipes")["recipes"]
    assert {"mpcl", "described"} <= {row["name"] for row in rows}
    assert all(row["what"] for row in rows)


def test_folder_without_runs_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "runs", str(tmp_path)]) == 2
    assert "holds no run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["hed"], "no slot named 'hed'. Did you mean 'head'? Known: encoder, fusion"),
        (["sources"], "Did you mean 'source'?"),
        (["hed"], "'recipes', 'runs'"),
        (["head", "folder"], "a folder and --html are for runs"),
        (["recipes", "--markdown"], "--markdown is for components"),
    ],
)
def test_wrong_use_is_refused(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_reference_of_a_slot_is_printed_as_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "head", "--markdown"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("# Components\n")
    assert [line for line in printed.splitlines() if line.startswith("## ")] == ["## Head"]
