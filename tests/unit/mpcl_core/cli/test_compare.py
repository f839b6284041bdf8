"""``mpcl compare`` as a user meets it."""

import json
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.cli.main import main
from mpcl_core.runs.integrity import newest_complete_run
from support.hand_made_runs import finish, near, predict, study, truth

D = truth(8)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
    for folder, share in zip(folders, (0.1, 0.3), strict=True):
        predict(folder, "mean", D, np.tile(D.mean(0), (len(D), 1)))
        predict(folder, "main", D, near(D, np.linspace(share, 2 * share, 8).tolist()))
        finish(folder, study("mean", "main"), name=folder.name)
    return str(folders[0]), str(folders[1])


def test_two_runs_are_compared(runs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
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


def test_latex_is_printed(runs: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", runs[0], "--latex"]) == 0
    assert "\\toprule" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--json", "--latex"], "exclude each other"),
        (["--metric", "accuracy"], "no metric 'accuracy' in one0. Metrics: chebyshev, clark"),
        (["--reference", "ful"], "no variant 'ful'. Variants: mean, main"),
        (["nowhere"], "there is no run folder 'nowhere'"),
    ],
)
def test_wrong_use_prints_one_line(
    options: list[str], message: str, runs: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", runs[0], *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.count("\n") == 1


def test_folder_without_manifest_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(tmp_path)]) == 2
    assert f"{tmp_path} is not a run folder: it has no lock.json" in capsys.readouterr().err


RECIPE = (
    "name: {name}\nsource: {{use: simulated, subjects: 3, trials: 3, seconds: 8}}\nprepare: [{{use: window, length: 4.0}}]\n"
    "protocol: {{use: {protocol}}}\nestimator: {{use: ridge}}\nreferences: {{uniform: null, knn: null}}\n"
)


@pytest.mark.slow
def test_recipe_is_replaced_by_its_newest_run_or_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, protocol in (("a", "loso"), ("b", "random_windows")):
        Path(f"{name}.yaml").write_text(RECIPE.format(name=name, protocol=protocol))
    command = ["compare", "a.yaml", "b.yaml", "--json", "--jobs=1", "--no-figures"]
    assert main(command) == 0
    first = json.loads(capsys.readouterr().out)
    assert [result["title"] for result in first["results"]] == ["a: subject-independent", "b: leaky"]
    assert sorted(map(str, Path("runs").glob("*/*"))) == sorted(first["runs"])
    assert main(command) == 0
    again, printed = capsys.readouterr()
    assert json.loads(again) == first
    assert f"a.yaml: {first['runs'][0]} is its newest run" in printed
    assert main(["compare", first["runs"][0], "b.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == first
    next(Path(first["runs"][0]).rglob("predictions.npz")).unlink()
    assert newest_complete_run(Path("runs/a"), Path(first["runs"][0], "recipe.yaml").read_text()) is None, (
        "it is not complete"
    )
    remaining = Path(first["runs"][1])
    text = (remaining / "recipe.yaml").read_text()
    assert newest_complete_run(Path("runs/b"), text) == remaining
    assert newest_complete_run(Path("runs/b"), text + "#") is None


@pytest.mark.slow
def test_recipe_is_run_again_after_its_plugin_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code = (
        "from mpcl_core.interfaces.components import Estimator\nfrom mpcl_core.interfaces.hooks import hookimpl\n"
        "class Mine(Estimator):\n    'Mine.'\n    name = 'mine'\n    def fit(self, windows):\n"
        "        self.D = windows.D.mean(0)\n        return self\n    def predict(self, windows):\n"
        "        import numpy as np\n        return np.tile(SHARE * self.D + (1 - SHARE) / len(self.D), (len(windows), 1))\n"
        "@hookimpl\ndef mpcl_components():\n    return [Mine]\n"
    )
    Path("mine.py").write_text(code.replace("SHARE", "0.9"))
    Path("a.yaml").write_text(
        RECIPE.format(name="a", protocol="loso").replace("ridge", "mine") + "plugins: [mine.py]\n"
    )
    seen = []
    for share in ("0.9", "0.9", "0.1"):
        Path("mine.py").write_text(code.replace("SHARE", share))
        assert main(["compare", "a.yaml", "--json", "--jobs=1", "--no-figures"]) == 0
        out, printed = capsys.readouterr()
        seen.append((json.loads(out)["results"][0]["rows"], printed))
    assert seen[0][0] == seen[1][0]
    assert "is its newest run" in seen[1][1]
    assert "differs from a run of today (" in seen[2][1]
    assert seen[2][0] != seen[0][0]


def test_fault_in_one_recipe_prevents_all_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(RECIPE.format(name="a", protocol="loso"))
    Path("b.yaml").write_text(RECIPE.format(name="b", protocol="lso"))
    assert main(["compare", "a.yaml", "b.yaml"]) == 2
    assert "no protocol named 'lso'" in capsys.readouterr().err
    assert not Path("runs").exists()
