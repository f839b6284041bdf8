"""Figures of hand-made run folders: their names, their text, and the numbers they show."""

import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest

from mpcl_core.evaluation.emotion_errors import emotion_errors
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures import draw
from mpcl_core.reporting.figures.assignment import by_emotion
from mpcl_core.reporting.figures.attention import relative_entropy
from mpcl_core.reporting.figures.cooccurrence import correlate, mean_difference
from mpcl_core.reporting.figures.learning import list_epoch_choices, median_over_jobs, select_epochs, tabulate
from mpcl_core.reporting.figures.prototypes import correlate_pairs, cosine_matrix
from mpcl_core.reporting.figures.sensitivity import Sweep, find_sweeps
from mpcl_core.runs.manifest import StudyManifest
from mpcl_core.runs.predictions import Predictions
from support.hand_made_runs import finish as finish_by_hand
from support.hand_made_runs import study as make_study

RNG = np.random.default_rng(0)
LABELS = ["joy", "calm $5$", "fear <"]
D = RNG.dirichlet(np.ones(3), 12)
SUBJECT = np.repeat(["a", "b", "c", "d"], 3)
WEIGHT = np.array([2.0, 1, 1] * 4)
UNIFORM = np.full((12, 3), 1 / 3)
FOLDS = {"f0": np.arange(6), "f1": np.arange(6, 12)}

NETWORK: dict[str, Any] = {
    "streams": {"body": {"fusion": {"use": "msaf", "primary": "eeg", "betas": [1.0, 4.0]}, "memory": {"use": "bank"}}},
    "objectives": {"pcl": {"use": "pcl", "weight": 0.1, "retrieval": {"beta": 8.0}}},
    "references": {"uniform": {"use": "uniform"}, "mean": {"use": "mean"}},
}


def study(*variants: str, **more: Any) -> StudyManifest:
    grade = more.get("grade", "subject-independent")
    return make_study(
        *variants, **{"is_simulated": True, "labels": LABELS, "fold_grades": dict.fromkeys(FOLDS, grade)} | more
    )


def predict(run: Path, variant: str, D_pred: np.ndarray, seed: int = 0) -> None:
    columns: dict[str, Any] = {"D": D, "D_pred": D_pred, "weight": WEIGHT, "subject": SUBJECT, "trial": SUBJECT}
    for fold, rows in FOLDS.items():
        folder = run / "jobs" / variant / str(seed) / fold
        folder.mkdir(parents=True)
        np.savez(folder / "predictions.npz", row=rows, **{name: values[rows] for name, values in columns.items()})
        (folder / "metrics.jsonl").write_text(json.dumps({"phase": "test", "kl_divergence": 0.1}) + "\n")


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


def finish(run: Path, recipe: Mapping[str, Any], *studies: StudyManifest) -> Path:
    return finish_by_hand(run, *studies, **recipe)


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


def text(run: Path, name: str) -> str:
    """Return all text of a figure on one line."""
    return " ".join(" ".join(ElementTree.parse(run / "figures" / f"{name}.svg").getroot().itertext()).split())


@pytest.mark.slow
def test_all_figures_are_small_and_state_grade_and_simulation(drawn: Path) -> None:
    files = sorted((drawn / "figures").iterdir())
    assert [file.stem for file in files] == [
        "assignment",
        "attention-body",
        "cooccurrence",
        "distributions",
        "learning",
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


@pytest.mark.slow
def test_same_run_gives_same_files_and_leaves_matplotlib_settings(drawn: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(drawn, again, ignore=shutil.ignore_patterns("figures"))
    before = dict(mpl.rcParams)
    for path in draw(Run(again)):
        assert path.read_bytes() == (drawn / "figures" / path.name).read_bytes()
    assert dict(mpl.rcParams) == before


@pytest.mark.slow
def test_run_without_networks_has_figures(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    predict(tmp_path, "mean", UNIFORM)
    predict(tmp_path, "near", UNIFORM)
    estimators = {"references": {"mean": {"use": "mean"}}, "variants": {"near": {"estimator": {"use": "knn"}}}}
    finish(tmp_path, estimators, study("mean", "near", is_simulated=False))
    assert [path.stem for path in draw(Run(tmp_path))] == ["scores", "distributions", "cooccurrence"]
    assert not caplog.records
    assert "the predicted share is constant (all emotions)" in text(tmp_path, "cooccurrence")
    assert "hand, near" in text(tmp_path, "distributions")
    assert "SIMULATED" not in text(tmp_path, "scores")


@pytest.mark.slow
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


@pytest.mark.slow
def test_failing_figure_is_logged_and_others_are_drawn(
    drawn: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = tmp_path / "broken"
    shutil.copytree(drawn, run, ignore=shutil.ignore_patterns("figures", "diagnostics.npz"))
    (run / "jobs" / "net" / "0" / "f0" / "metrics.jsonl").write_text("{")
    with caplog.at_level(logging.WARNING):
        assert {path.stem for path in draw(Run(run))} == {"scores", "sensitivity", "distributions", "cooccurrence"}
    (record,) = caplog.records
    assert record.getMessage().startswith("No figure 'learning': UsageError: ")
    assert "\n" not in record.getMessage()
    assert draw(Run(tmp_path / "nowhere")) == []


@pytest.mark.slow
def test_matplotlib_is_imported_late_and_without_pyplot(drawn: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(drawn, run, ignore=shutil.ignore_patterns("figures", "diagnostics.npz", "metrics.jsonl"))
    code = (
        "import pathlib, sys; from mpcl_core.reporting.figures import draw; from mpcl_core.evaluation.run import Run; print('matplotlib' in sys.modules);"
        f"print(len(draw(Run(pathlib.Path({str(run)!r})))), 'matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "4", "False"]


@pytest.mark.slow
def test_sensitivity_uses_variants_that_differ_in_one_number(tmp_path: Path) -> None:
    bank = {"memory": {"per_emotion": 2}}
    variants: dict[str, Any] = {
        "base": {},
        "weight_1": {"objectives": {"pcl": {"weight": 1}}},
        "beta_4": {"objectives": {"pcl": {"retrieval": {"beta": 4.0}}}},
        "beta_0.5": {"objectives": {"pcl": {"retrieval": {"beta": 0.5}}}},
        "two_each": {"streams": {"body": bank, "face": bank}},
        "no_pcl": {"objectives": {"pcl": None}},
        "list": {"streams": {"body": {"fusion": {"betas": [4.0]}}}},
        "switch": {"objectives": {"pcl": {"exclude": True}}},
        "both": {"objectives": {"pcl": {"weight": 1, "retrieval": {"beta": 4.0}}}},
        "replaced": {"streams": {"body": {"memory": {"use": "other", "per_emotion": 2}}}},
        "same": {"objectives": {"pcl": {"weight": 0.1}}},
    }
    for name in [*variants, "elsewhere"]:
        predict(tmp_path, name, UNIFORM)
    other_place = {"elsewhere": {"objectives": {"pcl": {"weight": 7}}}}
    recipe = {**NETWORK, "streams": {**NETWORK["streams"], "face": {"memory": {"use": "bank"}}}}
    finish(
        tmp_path, {**recipe, "variants": variants | other_place}, study(*variants), study("elsewhere", grade="leaky")
    )
    assert find_sweeps(Run(tmp_path), "base", list(variants)) == {
        "objectives.pcl.weight": Sweep(0.1, {1.0: "weight_1"}),
        "objectives.pcl.retrieval.beta": Sweep(8.0, {4.0: "beta_4", 0.5: "beta_0.5"}),
        "streams.*.memory.per_emotion": Sweep(None, {2.0: "two_each"}),
    }
    draw(Run(tmp_path))
    displayed = text(tmp_path, "sensitivity")
    assert "default" in displayed
    assert "0.5 4 8" in displayed


@pytest.mark.slow
def test_learning_curves_show_the_search_and_mark_the_choice(drawn: Path) -> None:
    journals = list(Run(drawn).journals("net"))
    searches = [select_epochs(journal) for journal in journals]
    assert [len(search) for search in searches] == [3, 3, 3, 3]
    assert list_epoch_choices(journals) == [1, 1, 1, 1]
    assert np.array_equal(tabulate(searches, "loss")[0], [np.nan, 1.0, 0.5], equal_nan=True)
    for column in ("loss", "distribution", "pcl", "validation KL"):
        assert f" {column} " in text(drawn, "learning")
    assert " cohort " not in text(drawn, "learning"), "it is no loss"


def test_training_is_drawn_without_a_search() -> None:
    journal = [{"epoch": 1, "phase": "refit", "loss": 2.0}, {"phase": "test", "epochs": 1}]
    assert select_epochs(journal) == journal[:1]
    assert list_epoch_choices([journal]) == [1]


def test_median_ends_when_half_of_the_jobs_have_ended() -> None:
    values = np.array([[1.0, 2, np.nan, np.nan], [3.0, 4, 5, np.nan], [2.0, 9, np.nan, np.nan], [9.0, 1, 7, 8]])
    assert np.array_equal(median_over_jobs(values), [2.5, 3.0, 6.0, np.nan], equal_nan=True)


def test_correlation_is_pearsons_and_nan_for_constant_shares() -> None:
    complete = np.array([1, 2, 3, 1, 1, 2, 1, 1, 4, 1, 1, 2])
    expected = np.corrcoef(np.repeat(D, complete, axis=0), rowvar=False)
    np.testing.assert_allclose(correlate(D, complete.astype(float)), expected, atol=1e-12)
    still = D.copy()
    still[:, 1] = 0.2
    found = correlate(still, WEIGHT)
    assert np.isnan(found[1]).all()
    assert np.isnan(found[:, 1]).all()
    other = np.array([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1.0]])
    assert mean_difference(found, other) == pytest.approx(abs(found[0, 2]))
    assert np.isnan(mean_difference(correlate(UNIFORM, WEIGHT), other))


def test_similarity_of_prototypes() -> None:
    M = np.array([[[2.0, 0], [0, 3]], [[1, 1], [0, 0]]])
    found = cosine_matrix(M)
    assert found[0, 1] == 0
    assert found[0, 2] == found[2, 1] == pytest.approx(2**-0.5)
    assert np.isnan(found[3]).all()
    assert np.isnan(found.diagonal()).all()
    one = cosine_matrix(RNG.normal(size=(5, 1, 8)))
    assert correlate_pairs(one, 0.3 * one + 0.1) == pytest.approx(1)
    assert correlate_pairs(one, -one) == pytest.approx(-1)
    assert np.isnan(correlate_pairs(one, np.zeros((5, 5))))


def test_assignments_are_weighted_by_excess_over_uniform() -> None:
    D = np.array([[0.6, 0.2, 0.2], [0.4, 0.4, 0.2], [0.3, 0.4, 0.3]])
    weights = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]])
    found = by_emotion(weights, D)
    a, b = 0.6 - 1 / 3, 0.4 - 1 / 3
    np.testing.assert_allclose(found[0], [a / (a + b), b / (a + b), 0])
    np.testing.assert_allclose(found[1], [0, 0.5, 0.5])
    assert np.isnan(found[2]).all()


def test_relative_entropy_is_one_for_uniform_and_zero_for_single_attention() -> None:
    even, single = np.full(4, 0.25), np.array([0, 1.0, 0, 0])
    half = np.array([0.25, 0.25, 0, 0])  # the rest goes to another modality
    attention = np.broadcast_to(np.stack([even, single, half])[:, None], (5, 3, 2, 4))
    np.testing.assert_allclose(relative_entropy(attention), [1, 0, 0.5], atol=1e-12)
    absent = attention.copy()
    absent[0] = 0
    np.testing.assert_allclose(relative_entropy(absent), [1, 0, 0.5], atol=1e-12)
    assert np.isnan(relative_entropy(attention[..., :1])).all()
    assert np.isnan(relative_entropy(np.zeros((5, 3, 2, 4)))).all()


def test_errors_are_weighted() -> None:
    rows = Predictions(D, UNIFORM, WEIGHT, np.arange(12), SUBJECT, SUBJECT)
    expected = sum(w * np.abs(d - 1 / 3) for w, d in zip(WEIGHT, D, strict=True)) / WEIGHT.sum()
    np.testing.assert_allclose(emotion_errors([rows]), expected)
