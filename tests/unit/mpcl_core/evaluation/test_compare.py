"""Which variants may stand in one table, what they are tested against, and the tables themselves."""

import csv
import io
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from mpcl_core.evaluation.compare import Comparison, compare
from mpcl_core.evaluation.metrics import KL, METRICS
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.statistics.pairs import PairedTest
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.reporting.figures.critical_difference import build_figures
from mpcl_core.reporting.number_format import format_p, format_score, format_signed
from mpcl_core.reporting.tables import as_csv, as_latex, as_markdown, paired_tests_as_csv
from mpcl_core.reporting.tables.latex import escape
from mpcl_core.reporting.tables.notes import ONE_SEED, explain_tests
from mpcl_core.reporting.tables.result_table import build_tables
from support.hand_made_runs import finish, near, predict, study, truth

D = truth(8)
UNIFORM = np.full(D.shape, 1 / 3)
MEAN = np.tile(D.mean(0), (len(D), 1))
SHARE = {"full": np.linspace(0.1, 0.2, 8), "no_a": np.linspace(0.3, 0.5, 8), "no_b": np.linspace(0.1, 0.2, 8)[::-1]}


def ablation(run: Path, name: str = "ablation", **more: object) -> Path:
    predict(run, "uniform", D, UNIFORM)
    predict(run, "mean", D, MEAN)
    for variant, share in SHARE.items():
        for seed in (0, 1):
            predict(run, variant, D, near(D, (share + 0.01 * seed).tolist()), seed)
    return finish(run, study("uniform", "mean", *SHARE, **more), name=name, variants={name: {} for name in SHARE})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ablation(tmp_path_factory.mktemp("runs") / "run", is_simulated=True)


@pytest.fixture(scope="module")
def result(run: Path) -> Comparison:
    (found,) = compare([run])
    return found


def test_a_comparison_of_rivals_is_no_ablation(run: Path) -> None:
    (found,) = compare([run], reference="no_a")
    assert "### Variants compared with no_a" in as_markdown("rivals", [found])


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


def test_the_reference_is_full_or_main_or_the_first_network(tmp_path: Path) -> None:
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
def test_numbers_of_different_grades_or_rows_stand_in_different_tables(run: Path, tmp_path: Path) -> None:
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
def test_runs_with_the_same_rows_share_a_table(run: Path, tmp_path: Path) -> None:
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
    names_there = [entry.name for entry in found.group.variants]
    assert names_there == [
        *("uniform", "mean", "ablation/full", "ablation/no_a", "ablation/no_b"),
        *("other/uniform", "other/main"),
    ]
    assert found.references == ["ablation/full", "mean"]
    tests = {pair.variant: pair for pair in found.tests if pair.metric == "kl_divergence"}
    assert found.group.subject_scores("kl_divergence")["other/main"] == pytest.approx(kl(mixed))
    assert tests["other/main"].n_subjects == 8
    assert compare([run, other], reference="main")[0].references == ["other/main", "mean"]


def test_two_runs_of_one_recipe_are_told_apart_by_their_folders(run: Path, tmp_path: Path) -> None:
    again = ablation(tmp_path / "again")
    (found,) = compare([run, again])
    assert f"{again}/full" in [entry.name for entry in found.group.variants]
    assert found.title == f"{run}, {again}: subject-independent"


def test_a_variant_that_lacks_rows_is_shown_and_neither_tested_nor_marked(tmp_path: Path) -> None:
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


def test_what_no_variant_has_is_missing_all_the_same(tmp_path: Path) -> None:
    """A fold, or a seed, that all variants lack: the lock knows of it."""
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


def test_runs_with_other_numbers_of_seeds_are_told_apart(tmp_path: Path) -> None:
    runs = [ablation(tmp_path / "one"), ablation(tmp_path / "two")]
    shutil.rmtree(runs[1] / "jobs")
    for variant, share in SHARE.items():
        predict(runs[1], variant, D, near(D, (share + 0.02).tolist()))
    finish(runs[1], study(*SHARE), name="two", variants={name: {} for name in SHARE})
    (result,) = compare(runs)
    assert any(note.startswith("Unlike numbers of seeds: ablation/full 2, ") for note in result.notes)


def test_two_references_have_one_p_between_them(result: Comparison) -> None:
    (one,) = [pair for pair in result.tests if (pair.variant, pair.reference, pair.metric) == ("mean", "full", KL)]
    (other,) = [pair for pair in result.tests if (pair.variant, pair.reference, pair.metric) == ("full", "mean", KL)]
    assert (other.p_holm, other.family) == (one.p_holm, one.family)
    assert (other.wins, other.difference, other.rank_biserial) == (one.losses, -one.difference, -one.rank_biserial)
    assert (other.low, other.high) == (-one.high, -one.low)
    text = as_markdown("x", [result])
    assert "Holm-corrected for the 4 tests of this table." in text
    assert "for the 3 tests of this table; the test of full is repeated from the table above." in text


def test_what_few_people_cannot_show_is_said(run: Path) -> None:
    text = as_markdown("x", compare([run]))
    assert (
        "over 8 subjects is too narrow: for normally distributed scores it contains the true mean in about 88 % of"
        in text
    )
    assert "can be below" not in text, "4 × 2⁻⁷ is below .05"
    many = [PairedTest(f"v{i}", "full", KL, 8, 8, 0, 0.1, 0.1, 0.1, 1.0, 2**-7, 21 / 2**7, 21) for i in range(21)]
    assert "With 8 subjects, no p-value corrected for 21 tests can be below 0.164." in list(explain_tests(many))


def test_rows_of_unknown_subjects_are_no_subject(tmp_path: Path) -> None:
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


def test_marks_are_by_the_printed_numbers_and_leave_out_averaged_seeds(result: Comparison) -> None:
    first, ablated, *_ = build_tables(result)
    cells = {line[0].text: line[1:] for line in first.rows}
    assert list(cells) == ["uniform", "mean", *(name for variant in SHARE for name in (variant, f"{variant}+seeds"))]
    for column, metric in enumerate(METRICS):
        means = {row.variant: row.mean for row in result.scores if row.metric == metric and "+" not in row.variant}
        order = sorted(means, key=means.__getitem__, reverse=metric in ("cosine", "intersection"))
        assert cells[order[0]][column].is_best
        assert cells[order[1]][column].is_second or cells[order[1]][column].is_best
        marked = {
            pair.variant
            for pair in result.tests
            if (pair.reference, pair.metric) == ("full", metric) and pair.p_holm < 0.05
        }
        assert {name for name, line in cells.items() if line[column].is_significant} == marked
        assert "no_a" in marked
    assert not any(
        cell.is_best or cell.is_second or cell.is_significant
        for line in ("full+seeds", "no_b+seeds")
        for cell in cells[line]
    )
    assert [line[0].text for line in ablated.rows] == ["full", "no_a", "no_b"]


def test_the_ablation_has_spreads_over_subjects_and_the_difference(result: Comparison) -> None:
    _, ablated, *_ = build_tables(result)
    assert ablated.headings[-2:] == ["Δ KL", "p (Holm)"]
    full, no_a, _ = ablated.rows
    values = result.group.subject_scores("kl_divergence")["full"]
    assert full[4].text + full[4].suffix == f"{values.mean():.4f} ± {values.std(ddof=1):.4f}"
    assert [cell.text for cell in full[-2:]] == ["—", "—"]
    (pair,) = [p for p in result.tests if (p.variant, p.reference, p.metric) == ("no_a", "full", "kl_divergence")]
    assert no_a[-2].text == f"{pair.difference:+.4f}"
    assert no_a[-1].text == format_p(pair.p_holm)
    assert ablated.suffix_note == "±: standard deviation over subjects."


def test_markdown_has_every_table_and_says_over_what(result: Comparison) -> None:
    text = as_markdown("ablation", [result])
    for part in (
        "# ablation\n",
        "## ablation: subject-independent\n",
        "### Ablation of full",
        "### KL against full",
        "### KL against mean",
        "SIMULATED",
        "8 subjects, 2 folds",
        "interval over subjects",
        "up to 2 seeds",
        "Holm-corrected for 4 tests",
        "Friedman test by kl_divergence over 8 subjects",
        "Groups without a significant difference: ",
    ):
        assert part in text
    for line in text.splitlines():
        if line.startswith("| ---"):
            width = line.count("|")
        elif line.startswith("| ") and "variant" not in line:
            assert line.count("|") == width


def test_one_seed_is_said_of_networks_and_not_of_estimators(result: Comparison, tmp_path: Path) -> None:
    once = ablation(tmp_path / "once")
    for name in SHARE:
        shutil.rmtree(once / "jobs" / name / "1")
    assert ONE_SEED not in as_markdown("two", [result])
    assert ONE_SEED in as_markdown("one", compare([once]))
    finish(once, study("uniform", "mean", *SHARE), variants={name: {"estimator": {"use": "knn"}} for name in SHARE})
    assert ONE_SEED not in as_markdown("estimators", compare([once]))


def test_latex_is_booktabs_with_everything_escaped(result: Comparison) -> None:
    text = as_latex([result])
    assert text.count("\\toprule") == text.count("\\bottomrule") == text.count("\\begin{table}") == 4
    assert re.search(r"(?<!\\)_", text) is None
    assert re.search(r"(?<!\\)%(?!$| \\usepackage)", text, re.MULTILINE) is None
    assert text.isascii()
    plain = re.sub(r"\\[{}]", "", text)
    assert plain.count("{") == plain.count("}")
    assert len(re.findall(r"(?<!\\)\$", text)) % 2 == 0
    assert "\\textbf{" in text
    assert "\\underline{" in text
    rows = [line for line in text.splitlines() if line.startswith("no\\_a &")]
    assert [line.count("&") for line in rows] == [6, 8, 4, 4]
    assert escape("a_b & 5 % of x\\y < 1") == r"a\_b \& 5 \% of x\textbackslash{}y $<$ 1"


def test_csv_has_all_tests_at_full_precision(result: Comparison) -> None:
    lines = list(csv.DictReader(io.StringIO(paired_tests_as_csv([result]))))
    assert len(lines) == 6 * 2 * 4
    assert [float(line["p_holm"]) for line in lines] == [pair.p_holm for pair in result.tests]
    assert {line["grade"] for line in lines} == {"subject-independent"}
    assert next(csv.DictReader(io.StringIO(as_csv(result.scores))))["variant"] == "uniform"


def test_few_subjects_are_said_and_no_number_is_made_up(tmp_path: Path) -> None:
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


def test_the_critical_difference_is_drawn_where_there_are_enough(run: Path, result: Comparison) -> None:
    ((name, figure),) = build_figures(Run(run))
    assert name == "critical_difference"
    assert result.ranks is not None
    (axes,) = figure.axes
    said = [text.get_text() for text in axes.texts]
    for variant, rank in zip(result.ranks.variants, result.ranks.average, strict=True):
        assert any(variant in text and f"{rank:.2f}" in text for text in said)
    assert f"critical difference {result.ranks.critical:.2f}" in said
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
        ("rmdir", "there is no such folder"),
        ("lock.json", "it has no lock.json"),
        ("recipe.yaml", "it has no recipe.yaml"),
        ("jobs", "no job of .* has finished"),
        ("broken", "cannot be read"),
        ("no archive", "cannot be read"),
        ("twice", "a run is named twice"),
        ("metric", r"no metric 'kl'. Metrics: chebyshev, "),
    ],
)
def test_a_mistake_is_said_in_one_line(spoil: str, message: str, tmp_path: Path) -> None:
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


def test_numbers_as_they_are_written() -> None:
    assert [format_score(value) for value in (0.05, 1.25, 0.99999)] == [".0500", "1.2500", "1.0000"]
    assert [format_signed(value) for value in (0.05, -0.00001, 0.0)] == ["+0.0500", "−0.0000", "0.0000"]
    assert [format_p(p) for p in (0.0004, 0.0496, 1.0, np.nan)] == ["< .001", ".050", "1.000", "—"]
