"""``mpcl compare`` as a user meets it."""

import json
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.cli import main
from results.hand import finish, near, predict, study, truth

D = truth(8)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
    for folder, share in zip(folders, (0.1, 0.3), strict=True):
        predict(folder, "mean", D, np.tile(D.mean(0), (len(D), 1)))
        predict(folder, "main", D, near(D, np.linspace(share, 2 * share, 8).tolist()))
        finish(folder, study("mean", "main"), name=folder.name)
    return str(folders[0]), str(folders[1])


def test_two_runs_stand_side_by_side(runs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", *runs]) == 0
    out = capsys.readouterr().out
    for part in ("one0, two0: subject-independent", "one0/main", "two0/main", "KL against", "8/8", "Friedman"):
        assert part in out


def test_json_has_every_number(runs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", *runs, "--json", "--metric", "cosine", "--reference", "two0/main"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["metric"] == "cosine"
    (result,) = answer["results"]
    assert result["references"] == ["two0/main", "mean"]
    assert {row["variant"] for row in result["rows"]} == {"mean", "one0/main", "two0/main"}
    assert result["friedman"]["metric"] == "cosine"
    assert result["friedman"]["average_ranks"]["one0/main"] == 1.0
    (test,) = [
        t
        for t in result["tests"]
        if t["metric"] == "cosine" and t["variant"] == "one0/main" and t["reference"] == "two0/main"
    ]
    assert (test["wins"], test["rank_biserial"], test["p"]) == (8, 1.0, 2 / 2**8)


def test_latex_goes_to_standard_output(runs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", runs[0], "--latex"]) == 0
    assert "\\toprule" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--json", "--latex"], "ask for one"),
        (["--metric", "accuracy"], "no metric 'accuracy'. Metrics: chebyshev, clark"),
        (["--reference", "ful"], "no variant 'ful'. Variants: mean, main"),
        (["nowhere"], "nowhere is no run folder: there is no such folder"),
    ],
)
def test_a_mistake_is_met_with_a_line(
    options: list[str], message: str, runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", runs[0], *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.count("\n") == 1


def test_a_folder_that_is_no_run_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(tmp_path)]) == 2
    assert f"{tmp_path} is no run folder: it has no lock.json" in capsys.readouterr().err
