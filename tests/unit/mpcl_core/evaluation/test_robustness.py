"""From what the jobs stored to robustness.csv and its figure, in a run folder made by hand."""

import csv
import json
import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from mpcl_core.evaluation.metrics import METRICS
from mpcl_core.evaluation.robustness import certain_gains
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures import draw
from mpcl_core.reporting.tables import robustness_as_csv
from mpcl_core.runs.manifest import MetricRecord, read_manifest, write_manifest
from support.hand_made_runs import finish as finish_by_hand
from support.hand_made_runs import study

KL = {"train_mean": 0.08, "all": 0.04, "eeg": 0.05, "gsr": 0.10, "missing": 0.06}
"""Mean over the subjects a (-0.01), b and c (+0.005 each)."""
SHIFT = {"a": -0.01, "b": 0.005, "c": 0.005}


def line(kind: str, modalities: list[str], subject: str, kl: float, **more: Any) -> dict[str, Any]:
    scores = dict.fromkeys(METRICS, kl) | {"cosine": 1 - kl, "intersection": 1 - kl}
    return {
        "kind": kind,
        "modalities": modalities,
        "rate": 0.0,
        "repeat": 0,
        "subject": subject,
        "weight": 2.0,
        **scores,
        **more,
    }


def lines(subject: str, gain: float = 1.0) -> list[dict[str, Any]]:
    at = {kind: 0.08 + gain * (kl - 0.08) + SHIFT[subject] for kind, kl in KL.items()}
    return [
        line("train_mean", [], subject, at["train_mean"]),
        line("all", ["eeg", "gsr"], subject, at["all"]),
        line("subset", ["eeg"], subject, at["eeg"]),
        line("subset", ["gsr"], subject, at["gsr"]),
        line("missing", ["eeg", "gsr"], subject, at["missing"] - 0.002, rate=0.5),
        line("missing", ["eeg", "gsr"], subject, at["missing"] + 0.002, rate=0.5, repeat=1),
    ]


def write(run: Path, variant: str, seed: int, fold: str, content: list[dict[str, Any]]) -> None:
    folder = run / "jobs" / variant / str(seed) / fold
    folder.mkdir(parents=True)
    (folder / "robustness.jsonl").write_text("".join(json.dumps(one) + "\n" for one in content))


def finish(run: Path) -> Path:
    about = study("mean", "net", "poor", is_simulated=True)
    finish_by_hand(run, about, variants={"net": {}, "poor": {}})
    scores = list(Run(run).robustness)
    (run / "robustness.csv").write_text(robustness_as_csv(scores))
    return run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "jobs" / "mean" / "0" / "f0").mkdir(parents=True)
    for seed in (0, 1):
        write(tmp_path, "net", seed, "f0", lines("a") + lines("b"))
        write(tmp_path, "net", seed, "f1", lines("c"))
    write(tmp_path, "poor", 0, "f0", [one for subject in "abc" for one in lines(subject, gain=-1.0)])
    return finish(tmp_path)


def table(run: Path, variant: str, metric: str = "kl_divergence") -> dict[tuple[str, str, str], dict[str, str]]:
    with (run / "robustness.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["variant"], row["metric"]) == (variant, metric)]
    return {(row["kind"], row["modalities"], row["rate"]): row for row in rows}


def test_means_over_subjects_and_the_remaining_share_of_the_gain(run: Path) -> None:
    found = table(run, "net")
    assert list(found) == [
        ("train_mean", "", "0.0"),
        ("all", "eeg+gsr", "0.0"),
        ("subset", "eeg", "0.0"),
        ("subset", "gsr", "0.0"),
        ("missing", "eeg+gsr", "0.5"),
    ]
    for row, mean, share in zip(found.values(), KL.values(), (0, 1, 0.75, -0.5, 0.5), strict=True):
        assert float(row["mean"]) == pytest.approx(mean)
        assert float(row["relative"]) == pytest.approx(share, abs=1e-12)
        assert float(row["low"]) <= mean <= float(row["high"])
        assert (row["n_subjects"], row["n_seeds"], row["grade"]) == ("3", "2", "subject-independent")


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_in_its_own_direction(run: Path, metric: str) -> None:
    shares = [float(row["relative"]) for row in table(run, "net", metric).values()]
    assert shares == pytest.approx([0, 1, 0.75, -0.5, 0.5], abs=1e-9)


def test_metric_of_a_plugin_is_scored_as_the_six(tmp_path: Path) -> None:
    better = [one | {"hits": 1 - one["kl_divergence"]} for subject in "abc" for one in lines(subject)]
    write(tmp_path, "net", 0, "f0", better)
    path = finish_by_hand(tmp_path, study("mean", "net"), variants={"net": {}})
    record = MetricRecord(owner="hits.py", sha256="0" * 64, higher_is_better=True)
    write_manifest(path, read_manifest(path).model_copy(update={"metrics": {"hits": record}}))
    shares = [score.relative for score in Run(path).robustness if score.metric == "hits"]
    assert shares == pytest.approx([0, 1, 0.75, -0.5, 0.5], abs=1e-9)


def gain(higher_is_better: bool, base: np.ndarray, everything: np.ndarray) -> float:
    return certain_gains({"metric": higher_is_better}, {"metric": base}, {"metric": everything})["metric"]


def test_missing_gain_has_no_share(run: Path) -> None:
    assert {row["relative"] for row in table(run, "poor").values()} == {""}
    people = np.ones(8)
    assert math.isnan(gain(False, 0.1 * people, 0.1 * people))
    assert math.isnan(gain(True, 0.9 * people, 0.8 * people))
    assert gain(True, 0.8 * people, 0.9 * people) == pytest.approx(-0.1)


def test_uncertain_gain_has_no_share() -> None:
    base, chance = np.full(8, 0.5), np.array([0.4, 0.6, 0.3, 0.7, 0.45, 0.55, 0.2, 0.75])
    assert chance.mean() < 0.5
    assert math.isnan(gain(False, base, chance))
    assert gain(False, base, base - 0.1 + 0.01 * np.arange(8) / 8) > 0
    assert math.isnan(gain(False, base[:2], base[:2] - 0.1)), "two people are nobody"


def test_a_subject_in_several_folds_counts_once_by_its_weight(tmp_path: Path) -> None:
    one, other = lines("a"), lines("a")
    for entry in other:
        entry["weight"] = 6.0
        entry["kl_divergence"] += 0.04
    write(tmp_path, "net", 0, "f0", one)
    write(tmp_path, "net", 0, "f1", other)
    row = table(finish(tmp_path), "net")["all", "eeg+gsr", "0.0"]
    assert float(row["mean"]) == pytest.approx(0.25 * 0.03 + 0.75 * 0.07)
    assert (row["n_subjects"], row["low"]) == ("1", "")


def text(path: Path) -> str:
    return " ".join(" ".join(ElementTree.parse(path).getroot().itertext()).split())


@pytest.mark.slow
def test_the_figure(run: Path) -> None:
    assert [path.name for path in draw(Run(run))] == ["robustness.svg"]
    written = text(run / "figures" / "robustness.svg")
    for part in (
        "grade: subject-independent",
        "SIMULATED",
        "eeg + gsr",
        "0.75",
        "-0.50",
        "modalities missing at random, %",
        "poor",
        "3 subjects in 2 folds",
    ):
        assert part in written.replace("−", "-"), part


@pytest.mark.parametrize(
    ("kinds", "available", "absent"),
    [(("subset",), "eeg", "at random"), (("missing",), "at random", "modalities that are there")],
)
def test_the_figure_of_a_part(tmp_path: Path, kinds: tuple[str, ...], available: str, absent: str) -> None:
    keep = ("train_mean", "all", *kinds)
    write(tmp_path, "net", 0, "f0", [one for one in lines("a") if one["kind"] in keep])
    draw(Run(finish(tmp_path)))
    written = text(tmp_path / "figures" / "robustness.svg")
    assert available in written
    assert absent not in written


def test_a_run_that_was_not_tested_so_has_no_figure(tmp_path: Path) -> None:
    (tmp_path / "jobs").mkdir()
    assert draw(Run(finish(tmp_path))) == []
