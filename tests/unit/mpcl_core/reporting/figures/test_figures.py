"""Figures of hand-made run folders: their names, their text, and the numbers they show."""

import json
import logging
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures import draw
from support.drawn_runs import LABELS, NETWORK, UNIFORM, D, finish, predict, study, text

pytestmark = pytest.mark.slow  # draws a folder of figures

RNG = np.random.default_rng(0)


def train(run: Path, variant: str, kl: list[float]) -> None:
    lines = [{"epoch": 0, "of": 2, "phase": "search", "validation_kl": kl[0], "seconds": 1.0}]
    for epoch, value in enumerate(kl[1:], 1):
        losses = {"loss": 1 / epoch, "distribution": 0.5 / epoch, "pcl": 0.1 * epoch}
        cost = {"seconds": 1.0, "cohort": 8}
        lines.append({"epoch": epoch, "of": 2, "phase": "search", **losses, "validation_kl": value, **cost})
    lines.append({"epoch": 1, "of": 1, "phase": "refit", "loss": 9.0, "distribution": 9.0, "pcl": 9.0, "seconds": 1.0})
    lines.append({"phase": "test", "epochs": 1, "kl_divergence": 0.1})
    for job in (run / "jobs" / variant).glob("*/*"):
        (job / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def write_diagnostics(run: Path, variant: str) -> None:
    attention = RNG.dirichlet(np.ones(4), (5, 2, 3)).astype(np.float32)
    diagnostics: dict[str, Any] = {
        "index": np.array([0, 1, 3, 4, 5]),
        "streams.body.fusion.attention.ppg": attention,
        "streams.body.fusion.betas": np.array([0.5, 12.0]),
        "streams.body.weights": RNG.dirichlet(np.ones(6), 5).reshape(5, 3, 2),
        "streams.body.prototypes": RNG.normal(size=(3, 2, 4)),
        "streams.face.weights": RNG.dirichlet(np.ones(3), 5).reshape(5, 3, 1),
        "streams.face.prototypes": RNG.normal(size=(3, 1, 4)),
        "objectives.pcl.body.attention": RNG.dirichlet(np.ones(6), 10),
        "objectives.pcl.face.attention": RNG.dirichlet(np.ones(5), 10),
    }
    np.savez(run / "jobs" / variant / "0" / "f0" / "diagnostics.npz", **diagnostics)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("run")
    predict(run, "uniform", UNIFORM)
    predict(run, "mean", np.tile(D.mean(0), (12, 1)))
    predict(run, "net", 0.8 * D + 0.2 * UNIFORM)
    predict(run, "net", D[:, [1, 0, 2]], seed=1)
    predict(run, "strong", 0.5 * D + 0.5 * UNIFORM)
    for variant in ("net", "strong"):
        train(run, variant, [0.3, 0.1, 0.2])
        write_diagnostics(run, variant)
    variants = {"net": {}, "strong": {"objectives": {"pcl": {"weight": 1.0}}}}
    finish(run, {**NETWORK, "variants": variants}, study("uniform", "mean", "net", "strong"))
    draw(Run(run))
    return run


def test_all_figures_are_small_and_state_grade_and_simulation(drawn: Path) -> None:
    files = sorted((drawn / "figures").iterdir())
    assert [file.stem for file in files] == [
        "assignment",
        "attention-body",
        "cooccurrence",
        "distributions",
        "learning",
        "people",
        "prototypes",
        "retrieval-pcl",
        "scores",
        "sensitivity",
    ]
    for file in files:
        assert "grade: subject-independent" in text(drawn, file.stem), file
        assert "SIMULATED" in text(drawn, file.stem), file
        assert file.stat().st_size < 150_000, file


def test_figures_state_variant_seed_and_fold(drawn: Path) -> None:
    for name in ("attention-body", "prototypes", "retrieval-pcl", "assignment"):
        assert "net, seed 0, fold f0" in text(drawn, name)
    assert "seed 0" in text(drawn, "distributions")
    displayed = Run(drawn).drawn_variant
    assert displayed is not None
    assert np.array_equal(displayed.D, D[[0, 1, 3, 4, 5]])
    assert "4 subjects in 2 folds, 2 seeds" in text(drawn, "scores")


def test_names_are_not_parsed_as_mathematics(drawn: Path) -> None:
    for name in ("distributions", "cooccurrence", "prototypes", "assignment"):
        assert all(label in text(drawn, name) for label in LABELS), name
    assert "β = 12" in text(drawn, "attention-body")
    assert "tokens of eeg" in text(drawn, "attention-body")


def test_windows_are_the_best_the_median_and_the_worst(drawn: Path) -> None:
    p = 0.8 * D + 0.2 * UNIFORM
    kl = np.sort((D * np.log(D / p)).sum(1))
    for rank, value in zip(("best", "median", "worst"), (kl[0], kl[6], kl[11]), strict=True):
        assert f"{rank}: KL {value:.4f}" in text(drawn, "distributions")


def test_same_run_gives_same_files_and_leaves_matplotlib_settings(drawn: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(drawn, again, ignore=shutil.ignore_patterns("figures"))
    before = dict(mpl.rcParams)
    for path in draw(Run(again)):
        assert path.read_bytes() == (drawn / "figures" / path.name).read_bytes()
    assert dict(mpl.rcParams) == before


def test_run_without_networks_has_figures(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    predict(tmp_path, "mean", UNIFORM)
    predict(tmp_path, "near", UNIFORM)
    estimators = {"references": {"mean": {"use": "mean"}}, "variants": {"near": {"estimator": {"use": "knn"}}}}
    finish(tmp_path, estimators, study("mean", "near", is_simulated=False))
    assert [path.stem for path in draw(Run(tmp_path))] == ["people", "scores", "distributions", "cooccurrence"]
    assert not caplog.records
    assert "the predicted share is constant (all emotions)" in text(tmp_path, "cooccurrence")
    assert "hand, near" in text(tmp_path, "distributions")
    assert "SIMULATED" not in text(tmp_path, "scores")


def test_studies_of_different_grades_have_separate_figures(tmp_path: Path) -> None:
    for variant in ("mean", "honest", "leaky.mean", "leaky"):
        predict(tmp_path, variant, UNIFORM)
    variants = {name: {"estimator": {"use": "knn"}} for name in ("honest", "leaky")}
    recipe = {"references": {"mean": {"use": "mean"}}, "variants": variants}
    finish(tmp_path, recipe, study("mean", "honest"), study("leaky.mean", "leaky", grade="leaky"))
    draw(Run(tmp_path))
    assert "grade: leaky" in text(tmp_path, "scores-2")
    assert "honest" not in text(tmp_path, "scores-2")
    run = Run(tmp_path)
    assert [run.mean_baseline(study) for study in run.studies] == ["mean", "leaky.mean"]


def test_failing_figure_is_logged_and_others_are_drawn(
    drawn: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = tmp_path / "broken"
    shutil.copytree(drawn, run, ignore=shutil.ignore_patterns("figures", "diagnostics.npz"))
    (run / "jobs" / "net" / "0" / "f0" / "metrics.jsonl").write_text("{")
    with caplog.at_level(logging.WARNING):
        names = {path.stem for path in draw(Run(run))}
        assert names == {"people", "scores", "sensitivity", "distributions", "cooccurrence"}
    (record,) = caplog.records
    assert record.getMessage().startswith("No figure 'learning': UsageError: ")
    assert "\n" not in record.getMessage()
    assert draw(Run(tmp_path / "nowhere")) == []


def test_matplotlib_is_imported_late_and_without_pyplot(drawn: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(drawn, run, ignore=shutil.ignore_patterns("figures", "diagnostics.npz", "metrics.jsonl"))
    code = (
        "import pathlib, sys; from mpcl_core.reporting.figures import draw; from mpcl_core.evaluation.run import Run; print('matplotlib' in sys.modules);"
        f"print(len(draw(Run(pathlib.Path({str(run)!r})))), 'matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "5", "False"]


def test_learning_curves_draw_every_loss_and_the_validation(drawn: Path) -> None:
    for column in ("loss", "distribution", "pcl", "validation KL"):
        assert f" {column} " in text(drawn, "learning")
    assert " cohort " not in text(drawn, "learning"), "it is no loss"
