"""Decide which variants are compared, and what they are tested against."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from mpcl_core.evaluation.compare import Comparison, compare
from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.run import Run
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.reporting.figures.critical_difference import build_figures
from mpcl_core.reporting.tables import as_latex, as_markdown, paired_tests_as_csv
from support.ablation_run import MEAN, SHARE, UNIFORM, D, ablation
from support.hand_made_runs import finish, near, predict, study, truth

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ablation(tmp_path_factory.mktemp("runs") / "run", is_simulated=True)


@pytest.fixture(scope="module")
def result(run: Path) -> Comparison:
    (found,) = compare([run])
    return found


def kl(D_pred: np.ndarray) -> np.ndarray:
    return (D * np.log(D / D_pred)).sum(1).reshape(8, 2).mean(1)


def test_tests_are_paired_by_subject_over_seeds(result: Comparison) -> None:
    def scores(variant: str) -> np.ndarray:
        return np.mean([kl(near(D, (SHARE[variant] + 0.01 * seed).tolist())) for seed in (0, 1)], axis=0)

    assert result.references == ["full", "mean"]
    tests = {(pair.variant, pair.reference): pair for pair in result.tests if pair.metric == "kl_divergence"}
    assert set(tests) == {
        (variant, reference)
        for reference in ("full", "mean")
        for variant in ("uniform", "mean", *SHARE)
        if variant != reference
    }
    pair = tests["no_a", "full"]
    assert pair.p == stats.wilcoxon(scores("no_a"), scores("full")).pvalue == 2 / 2**8
    assert pair.difference == pytest.approx((scores("no_a") - scores("full")).mean())
    assert (pair.wins, pair.losses, pair.rank_biserial, pair.family) == (0, 8, -1.0, 4)
    assert tests["no_a", "mean"].p == pytest.approx(stats.wilcoxon(scores("no_a"), kl(MEAN)).pvalue)
    assert result.ranks is not None
    assert result.ranks.statistic == pytest.approx(
        stats.friedmanchisquare(kl(UNIFORM), kl(MEAN), *map(scores, SHARE)).statistic
    )


def test_reference_is_full_or_main_or_the_first_network(tmp_path: Path) -> None:
    variants = {"near": {"estimator": {"use": "knn"}}, "net": {}, "other": {}}

    def made(folder: str, *names: str, **recipe: object) -> Path:
        for name in names:
            predict(tmp_path / folder, name, D, near(D, [0.2] * 8))
        return finish(tmp_path / folder, study(*names), name=folder, **recipe)

    first = made("first", "mean", "near", "net", "other", variants=variants)
    main = made("main", "mean", "net", "main", variants={"net": {}, "main": {}})
    single = made("single", "mean", "main")
    none = made("none", "mean", "near", variants={"near": {"estimator": {"use": "knn"}}})
    assert [compare([run])[0].references for run in (first, main, single, none)] == [
        ["net", "mean"],
        ["main", "mean"],
        ["main", "mean"],
        ["mean"],
    ]
    assert compare([first], reference="near")[0].references == ["near", "mean"]
    assert compare([first], reference="mean")[0].references == ["mean"]
    with pytest.raises(UsageError, match=r"no variant 'nothing'. Variants: mean, near, net, other"):
        compare([first], reference="nothing")


@pytest.mark.slow
def test_different_grades_or_windows_are_in_different_tables(run: Path, tmp_path: Path) -> None:
    """The same rows in both, but one has seen the trials; then fewer rows; then other people."""
    leaky = ablation(tmp_path / "leaky", "leaky", grade="leaky")
    fewer, others = tmp_path / "fewer", tmp_path / "others"
    predict(fewer, "main", D[:12], UNIFORM[:12])
    finish(fewer, study("main"), name="fewer")
    predict(others, "main", truth(8, of=1), UNIFORM)
    finish(others, study("main", data_hash="b"), name="others")
    found = compare([run, leaky, fewer, others])
    assert [result.group.grade for result in found] == ["subject-independent", "leaky", *["subject-independent"] * 2]
    assert [" ".join(result.notes) for result in found] == [
        "",
        "In a table of its own: numbers of grade leaky are not compared with those of grade subject-independent.",
        "In a table of its own: other windows were tested (12, not 16; the same data).",
        "In a table of its own: other windows were tested (16, not 16; other data).",
    ]
    for result in found:
        assert {row.grade for row in result.scores} == {result.group.grade}
        assert {name for pair in result.tests for name in (pair.variant, pair.reference)} <= {
            entry.name for entry in result.group.variants
        }


@pytest.mark.slow
def test_runs_with_the_same_windows_share_a_table(run: Path, tmp_path: Path) -> None:
    """Prepared otherwise, and stored in another order: the subjects are paired all the same."""
    other, back = tmp_path / "other", np.arange(16)[::-1]
    names = np.repeat([f"s{number:02}" for number in range(8)], 2)
    numbers = np.arange(16) + 100
    mixed = near(D, np.linspace(0.05, 0.1, 8).tolist())
    columns = {"row": numbers[back], "subject": names[back], "trial": names[back]}
    predict(other, "main", D[back], mixed[back], **columns)
    predict(other, "mean", D, MEAN)
    predict(other, "uniform", D, 0.9 * UNIFORM + 0.1 * MEAN)
    finish(other, study("uniform", "mean", "main", data_hash="b"), name="other")
    (found,) = compare([run, other])
    other_names = [entry.name for entry in found.group.variants]
    assert other_names == [
        *("uniform", "mean", "ablation/full", "ablation/no_a", "ablation/no_b"),
        *("other/uniform", "other/main"),
    ]
    assert found.references == ["ablation/full", "mean"]
    tests = {pair.variant: pair for pair in found.tests if pair.metric == "kl_divergence"}
    assert found.group.subject_scores("kl_divergence")["other/main"] == pytest.approx(kl(mixed))
    assert tests["other/main"].n_subjects == 8
    assert compare([run, other], reference="main")[0].references == ["other/main", "mean"]


def test_names_of_two_runs_of_one_recipe_include_their_folders(run: Path, tmp_path: Path) -> None:
    again = ablation(tmp_path / "again")
    (found,) = compare([run, again])
    assert f"{again}/full" in [entry.name for entry in found.group.variants]
    assert found.title == f"{run}, {again}: subject-independent"


def test_variant_that_lacks_windows_is_listed_without_tests_or_marks(tmp_path: Path) -> None:
    run = ablation(tmp_path / "run")
    (run / "jobs" / "no_b" / "1" / "b" / "predictions.npz").unlink()
    for seed in (0, 1):
        for fold in ("a", "b"):
            (run / "jobs" / "no_a" / str(seed) / fold / "predictions.npz").unlink()
    (result,) = compare([run])
    assert "no_b" in {row.variant for row in result.scores}
    assert "no_b" not in {pair.variant for pair in result.tests}
    assert result.ranks is not None
    assert "no_b" not in result.ranks.variants
    text = as_markdown("x", [result])
    assert "no_b: 1 of its jobs failed" in text
    assert "no_a: no numbers" in text


def test_windows_that_no_variant_tested_count_as_missing(tmp_path: Path) -> None:
    """All variants lack a fold, or one lacks a seed, that the manifest lists."""
    fold, seed = ablation(tmp_path / "fold"), ablation(tmp_path / "seed")
    for file in fold.glob("jobs/*/*/b/predictions.npz"):
        file.unlink()
    for file in seed.glob("jobs/no_a/1/*/predictions.npz"):
        file.unlink()
    (result,) = compare([fold])
    assert not result.tests
    assert result.ranks is None
    assert "full: 2 of its jobs failed" in as_markdown("x", [result])
    assert "6 tested windows of 16 " in as_markdown("x", [result])
    (result,) = compare([seed])
    assert {pair.variant for pair in result.tests} == {"uniform", "mean", "no_b", "full"}


def test_runs_with_different_numbers_of_seeds_have_different_names(tmp_path: Path) -> None:
    runs = [ablation(tmp_path / "one"), ablation(tmp_path / "two")]
    shutil.rmtree(runs[1] / "jobs")
    for variant, share in SHARE.items():
        predict(runs[1], variant, D, near(D, (share + 0.02).tolist()))
    finish(runs[1], study(*SHARE), name="two", variants={name: {} for name in SHARE})
    (result,) = compare(runs)
    assert any(note.startswith("Unlike numbers of seeds: ablation/full 2, ") for note in result.notes)


def test_test_between_the_two_references_is_corrected_once(result: Comparison) -> None:
    (one,) = [pair for pair in result.tests if (pair.variant, pair.reference, pair.metric) == ("mean", "full", KL)]
    (other,) = [pair for pair in result.tests if (pair.variant, pair.reference, pair.metric) == ("full", "mean", KL)]
    assert (other.p_holm, other.family) == (one.p_holm, one.family)
    assert (other.wins, other.difference, other.rank_biserial) == (one.losses, -one.difference, -one.rank_biserial)
    assert (other.low, other.high) == (-one.high, -one.low)
    text = as_markdown("x", [result])
    assert "Holm-corrected for the 4 tests of this table." in text
    assert "for the 3 tests of this table; the test of full is repeated from the table above." in text


def test_windows_of_unknown_subjects_count_as_no_subject(tmp_path: Path) -> None:
    nobody = {"subject": np.full(len(D), "")}
    run = tmp_path / "run"
    predict(run, "mean", D, MEAN, **nobody)
    predict(run, "full", D, near(D, SHARE["full"].tolist()), **nobody)
    finish(run, study("mean", "full"), variants={"full": {}})
    (result,) = compare([run])
    assert {row.n_subjects for row in result.scores} == {0}
    assert not result.tests
    text = as_markdown("x", [result])
    assert "unknown subjects, 2 folds. Means are over windows." in text
    assert "Paired by subject" not in text


def test_few_subjects_give_notes_instead_of_p_values(tmp_path: Path) -> None:
    predict(tmp_path, "mean", D[:8], MEAN[:8])
    predict(tmp_path, "main", D[:8], near(D[:8], [0.1] * 4))
    (result,) = compare([finish(tmp_path, study("mean", "main"))])
    assert result.ranks is None
    assert all(np.isnan(pair.p) for pair in result.tests)
    text = as_markdown("few", [result])
    assert "No Friedman test: it needs at least 3 variants and 5 subjects; there are 2 and 4." in text
    assert "No p-value (all variants): 4 subjects differ; a test needs 6." in text
    assert "p < .05" not in text
    assert "NaN" not in json.dumps(result.as_json())
    assert "nan" not in text + as_latex([result]) + paired_tests_as_csv([result])
    assert list(build_figures(Run(tmp_path))) == []


def test_critical_difference_is_drawn_only_with_enough_variants(run: Path, result: Comparison) -> None:
    ((name, figure),) = build_figures(Run(run))
    assert name == "critical_difference"
    assert result.ranks is not None
    (axes,) = figure.axes
    printed = [text.get_text() for text in axes.texts]
    for variant, rank in zip(result.ranks.variants, result.ranks.average, strict=True):
        assert any(variant in text and f"{rank:.2f}" in text for text in printed)
    assert f"critical difference {result.ranks.critical:.2f}" in printed
    assert "grade: subject-independent" in figure.get_suptitle()
    assert "SIMULATED" in [text.get_text() for text in figure.texts]


def test_real_ratings_give_the_known_numbers(data_dir: Path, tmp_path: Path) -> None:
    """The mean of the others, and of the others in the same phase, for 26 people who are left out one by one."""
    items = [
        "upset",
        "hostile",
        "alert",
        "ashamed",
        "inspired",
        "nervous",
        "determined",
        "attentive",
        "afraid",
        "active",
    ]
    with (data_dir / "emopaircompete" / "responses.csv").open(newline="") as file:
        lines = [line for line in csv.DictReader(file) if all(line[item] for item in items)]
    scores = np.array([[float(line[item]) for item in items] for line in lines])
    D = scores / scores.sum(1, keepdims=True)
    subject, phase = (np.array([line[name] for line in lines]) for name in ("subject", "phase"))
    others = subject[:, None] != subject
    alike = others & (phase[:, None] == phase)
    predictions = {
        "uniform": np.full(D.shape, 0.1),
        "mean": np.stack([D[rows].mean(0) for rows in others]),
        "main": np.stack([D[rows].mean(0) for rows in alike]),
    }
    for variant, D_pred in predictions.items():
        predict(tmp_path, variant, D, D_pred, subject=subject, trial=np.arange(len(D)).astype(str))
    (result,) = compare([finish(tmp_path, study("uniform", "mean", "main", labels=items))])
    kl = {row.variant: row for row in result.scores if row.metric == "kl_divergence"}
    assert len(D) == 308
    assert {row.n_subjects for row in kl.values()} == {26}
    assert [round(kl[name].mean, 4) for name in ("mean", "main")] == [0.0534, 0.0516]
    assert [round(kl[name].micro, 4) for name in ("uniform", "mean", "main")] == [0.1107, 0.0531, 0.0513]
    (pair,) = [
        pair
        for pair in result.tests
        if (pair.variant, pair.reference, pair.metric) == ("main", "mean", "kl_divergence")
    ]
    every = result.group.subject_scores("kl_divergence")
    assert pair.p == stats.wilcoxon(every["main"], every["mean"]).pvalue
    assert 0.01 < pair.p < 0.05
    assert (pair.wins, pair.n_subjects) == (17, 26)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ("rmdir", "there is no run folder"),
        ("lock.json", "it has no lock.json"),
        ("recipe.yaml", "it has no recipe.yaml"),
        ("jobs", "no job of .* has finished"),
        ("broken", "cannot be read"),
        ("no archive", "cannot be read"),
        ("twice", "a run is named twice"),
        ("metric", r"no metric 'kl' in hand. Metrics: chebyshev, "),
    ],
)
def test_unusable_run_is_refused_with_one_line(spoil: str, message: str, tmp_path: Path) -> None:
    run = tmp_path / "run"
    predict(run, "main", D, UNIFORM)
    finish(run, study("main"))
    if spoil in ("lock.json", "recipe.yaml"):
        (run / spoil).unlink()
    elif spoil == "jobs":
        (run / "jobs").rename(tmp_path / "away")
    elif spoil == "broken":
        (run / "lock.json").write_text("{")
    elif spoil == "no archive":
        file = run / "jobs" / "main" / "0" / "a" / "predictions.npz"
        file.write_bytes(b"no archive")
    runs = {"rmdir": [tmp_path / "away"], "twice": [run, run / ".." / "run"]}.get(spoil, [run])
    with pytest.raises(UsageError, match=message) as caught:
        compare(runs, metric="kl" if spoil == "metric" else "kl_divergence")
    assert "\n" not in str(caught.value)
