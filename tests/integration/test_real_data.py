"""The reference numbers on real recordings, from file to summary."""

import csv
from pathlib import Path

import pytest

from mpcl_core.cli.main import main

Numbers = dict[tuple[str, str], dict[str, str]]


def summary(run: Path) -> Numbers:
    with (run / "summary.csv").open() as file:
        return {(line["variant"], line["metric"]): line for line in csv.DictReader(file)}


def run(name: str, out: Path, path: Path, *sets: str) -> Numbers:
    options = [f"--set={text}" for text in (f"source.path={path}", *sets)]
    assert main(["run", name, "--out", str(out), "--jobs=1", "--no-figures", *options]) == 0
    return summary(out)


@pytest.mark.slow
def test_dmer_sample_with_its_own_split(data_dir: Path, tmp_path: Path) -> None:
    path = data_dir / "dmer-emotiondict" / "data_feature_sample.mat"
    found = run("mpcl-dmer", tmp_path / "out", path, "train.epochs=1", "seeds=[0]")
    expected = {
        "mean": {
            "chebyshev": 0.1003,
            "clark": 0.449,
            "kl_divergence": 0.0622,
            "cosine": 0.9282,
            "intersection": 0.8742,
        },
        "knn": {"chebyshev": 0.0857, "clark": 0.376, "kl_divergence": 0.0513, "cosine": 0.9390, "intersection": 0.9004},
        "knn_face": {"chebyshev": 0.0212, "clark": 0.090, "kl_divergence": 0.0113, "cosine": 0.9863},
    }
    for variant, metrics in expected.items():
        for metric, value in metrics.items():
            digits = 3 if metric == "clark" else 4
            assert round(float(found[variant, metric]["mean"]), digits) == value, (variant, metric)
    assert {line["grade"] for line in found.values()} == {"leaky"}
    assert ("main", "kl_divergence") in found


@pytest.mark.slow
def test_emopair_with_subjects_held_out(data_dir: Path, tmp_path: Path) -> None:
    path = data_dir / "emopaircompete"
    left_out = [f"references.{name}=null" for name in ("ridge", "knn", "condition_mean")]
    found = run("described-emopair", tmp_path / "out", path, "train.epochs=1", "seeds=[0]", *left_out)
    mean = {metric: found["mean", metric] for metric in ("chebyshev", "kl_divergence")}
    assert round(float(mean["chebyshev"]["micro"]), 4) == 0.0614
    assert round(float(mean["kl_divergence"]["micro"]), 4) == 0.0531
    assert round(float(mean["kl_divergence"]["mean"]), 4) == 0.0534
    assert round(float(found["uniform", "kl_divergence"]["micro"]), 4) == 0.1107
    assert {line["grade"] for line in found.values()} == {"subject-independent"}
    assert found["main", "cosine"]["n_subjects"] == "26"
