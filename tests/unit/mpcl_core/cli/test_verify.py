"""``mpcl verify`` and ``run --locked``: a run against what is here now, and its folder against itself."""

import csv
import json
import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core.cli.main import main
from support.tamperings import TAMPERINGS

PLUGIN = """
import numpy as np
from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.hooks import hookimpl

class Flat(Estimator):
    "Flat."
    name = "flat"
    def fit(self, windows):
        self.k = windows.D.shape[1]
        return self
    def predict(self, windows):
        return np.full((len(windows), self.k), 1 / self.k)

@hookimpl
def mpcl_components():
    return [Flat]
"""

RECIPE = """
name: r
seeds: [0, 1]
dim: 4
source: {use: simulated, subjects: 3, trials: 3, seconds: 8}
plugins: [flat.py]
prepare: [{use: window, length: 4.0}]
protocol: {use: loso}
streams: {body: {encoders: {gsr: {use: conv_tokens}}, fusion: {use: mean}}}
head: {use: linear}
objectives: {distribution: {use: kl}}
train: {epochs: 1}
references: {uniform: null, knn: null}
variants: {main: {}, flat: {estimator: {use: flat}}}
"""


DRAWN = (
    "a script in the report",
    "numbers of summary.tex",
    "all weights are 0",
    "truth and predictions",
    "weights of windows",
    "the grade",
    "recipe and its hash together",
    "a forged audit",
)
SAMPLE = tuple(TAMPERINGS) if os.environ.get("MPCL_TAMPERINGS") == "all" else DRAWN
"""Tamperings that each stand for a kind; with ``MPCL_TAMPERINGS=all``, every one."""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verified")
    (folder / "flat.py").write_text(PLUGIN)
    (folder / "r.yaml").write_text(RECIPE)
    assert main(["run", str(folder / "r.yaml"), "--out", str(folder / "run"), "--jobs=1", "--no-figures"]) == 0
    return folder / "run"


@pytest.fixture
def copied(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "run"))


def verify_as_json(run: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    code = main(["verify", str(run), "--json", "--trust"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert code == (0 if answer["same"] else 1)
    assert answer["same"] == (not (answer["differences"] or answer["flaws"] or answer["fault"]))
    return answer


@pytest.mark.slow
@pytest.mark.parametrize("tampering", SAMPLE)
def test_tampering_is_reported(tampering: str, copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    TAMPERINGS[tampering](copied)
    assert not verify_as_json(copied, capsys)["same"]


@pytest.mark.slow
def test_digest_of_another_state_is_reported(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digest = sha256((copied / "digests.json").read_bytes()).hexdigest()
    (copied / "notes.txt").write_text("a user's own")
    assert main(["verify", str(copied), "--trust", "--digest", digest]) == 0
    assert capsys.readouterr().out.endswith("Note: notes.txt is not of the run, so nothing vouches for it\n")
    assert main(["verify", str(copied), "--trust", "--digest", "0" * 64]) == 1
    assert f"digests.json: its SHA-256 is {digest}, not 000" in capsys.readouterr().out


def edit(file: Path, change: Callable[[Any], object]) -> None:
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


@pytest.mark.slow
def test_unchanged_run_has_no_differences(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(finished), "--trust"]) == 0
    assert capsys.readouterr().out == f"{finished}: nothing differs\n"


@pytest.mark.slow
def test_each_difference_is_a_line(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def older(manifest: Any) -> None:
        manifest["packages"]["numpy"] = "1.0"
        manifest["python"] = "3.9.1"
        manifest["components"]["head linear"]["sha256"] = "x"
        manifest["studies"][0]["data_hash"] = "y"

    edit(copied / "lock.json", older)
    found = {line["what"]: line["then"] for line in verify_as_json(copied, capsys)["differences"]}
    assert found == {
        "numpy": "1.0",
        "Python": "3.9.1",
        "the code of head linear": "x",
        "the data of mean, main, flat": "y",
    }
    assert main(["verify", str(copied), "--trust"]) == 1
    assert "numpy: 1.0 then, " in capsys.readouterr().out


@pytest.mark.slow
def test_changed_recipe_and_missing_plugin_are_reported(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = copied / "recipe.yaml"
    recipe.write_text(recipe.read_text().replace("epochs: 1", "epochs: 2"))
    answer = verify_as_json(copied, capsys)
    differing = [line["what"] for line in answer["differences"]]
    assert differing == ["the resolved recipe", "lock.json, recipe of main", "lock.json, recipe of flat"]
    assert [flaw["file"] for flaw in answer["flaws"]] == ["report.html", "recipe.yaml"]
    recipe.write_text(recipe.read_text().replace("flat.py", "gone.py"))
    answer = verify_as_json(copied, capsys)
    assert "there is no file" in answer["fault"]
    assert [flaw["file"] for flaw in answer["flaws"]] == ["report.html", "recipe.yaml"]


def missing(job: Path) -> None:
    (job / "predictions.npz").unlink()


def cut_off(job: Path) -> None:
    file = job / "predictions.npz"
    file.write_bytes(file.read_bytes()[:-100])


def other_rows(job: Path) -> None:
    replaced(job, window=lambda window: window + 1)


def other_numbers(job: Path) -> None:
    replaced(job, D_pred=lambda D_pred: D_pred[:, ::-1])


def bad_weights(job: Path) -> None:
    (job / "model" / "weights.safetensors").write_bytes(b"\0" * 20)


def no_journal(job: Path) -> None:
    (job / "metrics.jsonl").write_text('{"epoch": 1}\n')


def replaced(job: Path, **changes: Callable[[np.ndarray], np.ndarray]) -> None:
    with np.load(job / "predictions.npz") as archive:
        arrays = dict(archive)
    np.savez(job / "predictions.npz", **{n: changes.get(n, lambda same: same)(value) for n, value in arrays.items()})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("harm", "file", "part"),
    [
        (missing, "predictions.npz", "missing; the job did not finish"),
        (cut_off, "predictions.npz", "cannot be read: "),
        (other_rows, "predictions.npz", "holds other windows (6) than its fold tests (6)"),
        (other_numbers, "metrics.jsonl", "by the predictions"),
        (no_journal, "metrics.jsonl", "the journal does not end with the test"),
        (bad_weights, "model/weights.safetensors", "cannot be read: "),
    ],
)
def test_damaged_job_file_is_reported(
    harm: Callable[[Path], None], file: str, part: str, copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = sorted((copied / "jobs" / "main" / "1").iterdir())[0]
    harm(job)
    answer = verify_as_json(copied, capsys)
    assert answer["differences"] == []
    harmed = {"predictions.npz", file} if harm is other_numbers else {file}
    assert {flaw["file"] for flaw in answer["flaws"]} == {str((job / name).relative_to(copied)) for name in harmed}
    assert part in answer["flaws"][0]["what"]


@pytest.mark.slow
def test_changed_summary_is_reported(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (copied / "summary.csv").open(newline="") as file:
        head, *lines = csv.reader(file)
    lines[0][3] = str(float(lines[0][3]) + 1e-9)
    (copied / "summary.csv").write_text("\n".join(map(",".join, [head, *lines[:-1]])))
    number, gone, text = verify_as_json(copied, capsys)["flaws"]
    assert {number["file"], gone["file"], text["file"]} == {"summary.csv"}
    assert text["what"] == "differs from what the stored predictions give"
    assert number["what"].startswith(f"{lines[0][0]} chebyshev: mean is ")
    assert gone["what"].endswith("intersection: no line, although there are predictions")


@pytest.mark.slow
def test_damaged_folds_and_manifest_are_reported(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(copied / "splits.json", lambda splits: splits["studies"][0]["folds"].pop())
    (line,) = verify_as_json(copied, capsys)["differences"]
    assert line["what"] == "splits.json, the folds of mean, main, flat"
    (copied / "splits.json").write_text("{")
    (flaw,) = verify_as_json(copied, capsys)["flaws"]
    assert "no job was checked" in flaw["what"]
    (copied / "lock.json").write_text("{")
    assert main(["verify", str(copied)]) == 2
    assert "lock.json cannot be read: " in capsys.readouterr().err


def test_folder_without_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(tmp_path)]) == 2
    assert "is not a run folder: it has no lock.json" in capsys.readouterr().err


@pytest.mark.slow
def test_locked_run_repeats_the_numbers(copied: Path, tmp_path: Path) -> None:
    recipe, out = str(copied / "recipe.yaml"), tmp_path / "again"
    assert main(["run", recipe, "--locked", "--out", str(out), "--jobs=1", "--no-figures"]) == 0
    assert (out / "summary.csv").read_text() == (copied / "summary.csv").read_text()


@pytest.mark.slow
def test_locked_run_refuses_differences_and_writes_nothing(
    copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "again"
    command = ["run", str(copied / "recipe.yaml"), "--locked", "--out", str(out), "--jobs=1", "--no-figures"]
    before = sorted(tmp_path.rglob("*"))
    assert main([*command, "--set", "train.epochs=2"]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("the resolved recipe: ")
    edit(copied / "lock.json", lambda manifest: manifest["packages"].update(torch="1.0", numpy="1.0"))
    assert main(command) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in lines if " then, " in line] == ["torch", "numpy"]
    assert sorted(tmp_path.rglob("*")) == before
    (copied / "lock.json").unlink()
    assert main(command) == 2
    assert "--locked needs the manifest beside the recipe" in capsys.readouterr().err
