"""Audit whole recipes: each leaky variant has its finding, and correct recipes have none."""

import json
from pathlib import Path
from typing import Any

import pytest

from mpcl_core.cli.main import main
from support.paths import ROOT

SUPPORT = ROOT / "tests" / "support"
QUICK = ROOT / "mpcl_core" / "recipes" / "described.yaml"

pytestmark = pytest.mark.slow

JOBS = {
    "honest": set(),
    "remembers": {"fitted-outside (b)"},
    "first_wins": {"fitted-outside (b)"},
    "hoards": {"fitted-outside (b)"},
    "class_bank": {"fitted-outside (b)"},
    "batch_centred": {"mixed-test-rows (b)"},
    "at_test_bank": {"mixed-test-rows (b)"},
    "carried": {"carried-state (c)"},
    "running_mean": {"carried-state (c)"},
    "looks_up": {"shuffled-labels (e)"},
}


def audited(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["audit", "--json", *arguments])
    report = json.loads(capsys.readouterr().out)
    assert code == (1 if report["findings"] else 0)
    assert report["leak"] == bool(report["findings"])
    return code, report


def by_variant(report: dict[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for study in report["studies"] for name in study["variants"]}
    for finding in report["findings"]:
        for name in finding["variants"]:
            found[name].add(finding["code"])
    return found


def test_every_leak_of_a_job_has_its_finding(capsys: pytest.CaptureFixture[str]) -> None:
    _, report = audited(capsys, str(SUPPORT / "audit_jobs.yaml"))
    assert by_variant(report) == JOBS
    assert report["notices"] == []
    (remembers,) = [finding for finding in report["findings"] if finding["variants"] == ["remembers"]]
    assert "the transform 'remembers' (transforms[0])" in remembers["what"]
    assert (remembers["rows"], remembers["of"]) == (18, 54), (
        "one of three subjects in the earlier fold is the tested one"
    )
    assert remembers["examples"][0] == "window 0 (subject s01, trial t01, number 0)"
    assert remembers["remedy"]
    (plain,) = [finding for finding in report["findings"] if finding["what"].startswith("'fit' of")]
    assert "'fit' of the transform 'plain' (transforms[0].inner)" in plain["what"]


def test_quick_start_recipe_passes_with_subjects_held_out(capsys: pytest.CaptureFixture[str]) -> None:
    small = ["source.subjects=5", "source.trials=6", "source.seconds=12", "dim=8", "train.epochs=3"]
    code, report = audited(capsys, str(QUICK), *(f"--set={text}" for text in small))
    assert (code, report["findings"]) == (0, [])
    assert report["studies"][0]["tried"] == ["main", "uniform", "mean", "knn"]
    (notice,) = report["notices"]
    assert notice["code"] == "transductive"
    assert notice["what"].startswith("the transform 'zscore' (transforms[0])")


def test_strict_protocols_pass(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text(
        "name: r\nsource: {use: simulated, subjects: 6, trials: 6, seconds: 12}\n"
        "prepare: [{use: window, length: 4.0, hop: 2.0}]\ntransforms: [{use: zscore}]\nestimator: {use: ridge}\n"
        "references: {uniform: null, mean: null, knn: null}\n"
        "protocol: {use: loso}\nvariants:\n"
        "  known: {protocol: {use: trial_heldout}}\n  strangers: {protocol: {use: subject_kfold}}\n"
    )
    code, report = audited(capsys, str(recipe))
    assert (code, report["findings"]) == (0, [])
    assert [(notice["code"], notice["variants"]) for notice in report["notices"]] == [("known-subjects", ["known"])]


def test_leaks_of_windows_and_folds(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text(
        f"extends: {SUPPORT / 'audit_rows.yaml'}\nname: r\n"
        "variants: {honest: null, normalise_all: null, running: null, by_subject: null}\n"
    )
    _, report = audited(capsys, str(recipe))
    found = by_variant(report)
    assert found["validated_on_test"] == {"validated-on-test (d)"}
    assert found["random_windows"] == {"shared-trial (a)", "nearest-trial (f)"}
