"""``mpcl check`` prints the size of each network, and the windows, folds and jobs of each study."""

import json
from pathlib import Path

import pytest

from mpcl_core.cli.check import _print_clocks
from mpcl_core.cli.main import main
from mpcl_core.cli.messages import SafeConsole
from mpcl_core.interfaces.data import SignalClock

RECIPE = """\
extends: described
name: small
source: {subjects: 3, trials: 2, seconds: 8}
references: {knn: null, mean: null}
variants: {own: {estimator: {use: mean}}, net: {dim: 4}}
"""


@pytest.fixture
def recipe(tmp_path: Path) -> str:
    (tmp_path / "small.yaml").write_text(RECIPE)
    return str(tmp_path / "small.yaml")


def test_numbers_of_networks_and_studies_as_json(recipe: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", recipe, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["recipe"] == "small"
    assert list(found["networks"]) == ["net"]
    (study,) = found["studies"]
    assert (study["subjects"], study["folds"], study["grade"]) == (3, 3, "subject-independent")
    assert found["jobs"] == study["jobs"] == 3 * len(study["variants"])


def test_many_clocks_are_cut_and_none_has_no_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    clock = SignalClock("watch.csv", "ppg", 12.0, 200.0, True, 1, 2.5)
    _print_clocks([], SafeConsole())
    assert capsys.readouterr().out == ""
    _print_clocks([clock] * 31, SafeConsole())
    printed = capsys.readouterr().out
    assert "Clocks (the first 30 of 31; --json lists all)" in printed
    assert printed.count("watch.csv") == 30
