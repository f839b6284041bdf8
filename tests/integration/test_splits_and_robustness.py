"""Reuse the folds of another run, and test networks without some modalities."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.cli.main import main
from mpcl_core.data.splits import hash_folds
from mpcl_core.evaluation.metrics import METRICS
from mpcl_core.recipe.load import load
from mpcl_core.recipe.node import to_plain
from support.paths import ROOT

QUICK = ROOT / "mpcl_core" / "recipes" / "described.yaml"
SMALL = [f"--set={x}" for x in ("source.subjects=4", "source.trials=4", "source.seconds=12", "dim=8", "train.epochs=1")]
RECIPE = f"""
extends: {QUICK}
name: kept
protocol: {{use: subject_kfold, folds: 2, seed: 5}}
references: {{uniform: null, knn: null}}
robustness: {{rates: [0.5], repeats: 2}}
variants:
  net: {{}}
  leaky: {{protocol: {{use: within_trial}}, estimator: {{use: knn}}}}
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    (folder / "r.yaml").write_text(RECIPE)
    assert main(["run", str(folder / "r.yaml"), "--out", str(folder / "one"), "--jobs=1", *SMALL]) == 0
    return folder


def studies(run: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((run / "lock.json").read_text())["studies"]
    return found


def predictions(run: Path, variant: str) -> dict[str, dict[str, np.ndarray]]:
    files = sorted((run / "jobs" / variant).rglob("predictions.npz"))
    return {str(file.parent.relative_to(run)): dict(np.load(file)) for file in files}


@pytest.mark.slow
def test_split_hash_is_that_of_the_stored_folds(finished: Path) -> None:
    remaining = json.loads((finished / "one" / "splits.json").read_text())["studies"]
    locked = studies(finished / "one")
    assert [study["variants"] for study in remaining] == [["mean", "net"], ["leaky.mean", "leaky"]]
    assert [hash_folds(study) for study in remaining] == [study["split_hash"] for study in locked]
    rows = [len(fold["rows"]) for fold in remaining[0]["folds"]]
    assert rows == [4, 4]


AGAIN = """
extends: r.yaml
name: again
robustness: null
protocol: {{use: predefined, file: one/splits.json, study: {study}}}
variants: {{net: {net}, leaky: {leaky}}}
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("study", "variant", "net", "leaky"),
    [(1, "net", "{}", "null"), (2, "leaky", "null", "{protocol: {use: predefined, file: one/splits.json, study: 2}}")],
)
def test_another_run_has_exactly_the_same_folds(finished: Path, study: int, variant: str, net: str, leaky: str) -> None:
    """The predictions are the same to the last bit, and so is the hash."""
    recipe, out = finished / f"{variant}.yaml", finished / f"again-{variant}"
    recipe.write_text(AGAIN.format(study=study, net=net, leaky=leaky))
    assert main(["run", str(recipe), "--out", str(out), "--jobs=1", "--no-figures", *SMALL]) == 0
    assert studies(out)[0]["split_hash"] == studies(finished / "one")[study - 1]["split_hash"]
    assert not (out / "robustness.csv").exists()
    first, second = predictions(finished / "one", variant), predictions(out, variant)
    assert list(first) == list(second)
    for job, arrays in first.items():
        for name, values in arrays.items():
            np.testing.assert_array_equal(values, second[job][name], err_msg=f"{job} {name}")


@pytest.mark.slow
def test_run_writes_the_table_and_the_figure(finished: Path) -> None:
    with (finished / "one" / "robustness.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["variant"] for row in rows} == {"net"}
    assert len(rows) == len(METRICS) * (1 + 1 + 14 + 1)
    with (finished / "one" / "summary.csv").open(newline="") as file:
        summary = {row["metric"]: row["mean"] for row in csv.DictReader(file) if row["variant"] == "net"}
    everything = {row["metric"]: row["mean"] for row in rows if row["kind"] == "all"}
    assert {m: float(x) for m, x in everything.items()} == pytest.approx({m: float(x) for m, x in summary.items()})
    assert (finished / "one" / "figures" / "robustness-1.svg").is_file()


@pytest.mark.slow
def test_estimators_are_skipped_with_a_note(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.yaml").write_text(
        f"extends: {QUICK}\nname: r\nrobustness: {{}}\nvariants: {{near: {{estimator: {{use: knn}}}}}}\n"
    )
    assert (
        main(["run", str(tmp_path / "r.yaml"), "--out", str(tmp_path / "out"), "--jobs=1", "--no-figures", *SMALL[:3]])
        == 0
    )
    printed = capsys.readouterr()
    assert (
        "Not tested for robustness, since an estimator is not a network: uniform, mean, knn, near."
        in printed.out + printed.err
    )
    assert not list((tmp_path / "out").rglob("robustness.*"))


def test_variants_of_the_robustness_recipe_differ_only_in_the_dropout() -> None:
    recipe = load(ROOT / "mpcl_core" / "recipes" / "robustness.yaml")
    values = {name: to_plain(variant.node) for name, variant in recipe.variants.items()}
    assert [variant["train"].pop("modality_dropout") for variant in values.values()] == [0.0, 0.3]
    assert values["plain"] == values["modality_dropout"]
    assert values["plain"]["robustness"]["subsets"] is True
