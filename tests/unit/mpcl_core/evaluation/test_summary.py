"""From stored predictions to the numbers of the tables."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.evaluation.compare import compare
from mpcl_core.evaluation.metrics import METRICS
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.statistics import interval
from mpcl_core.evaluation.summary import VariantScore
from mpcl_core.reporting.tables import as_csv, as_markdown
from support.hand_made_runs import finish, study

STUDY = study(
    "mean",
    "net",
    notes=["11 of 12 rated rows are used."],
    is_simulated=True,
    n_windows=12,
    n_labels=4,
    fold_grades=dict.fromkeys(("f0", "f1"), "subject-independent"),
    transductive=["'zscore' also uses the signals (never the labels) of the test windows."],
)
RNG = np.random.default_rng(0)
D = RNG.dirichlet(np.ones(3), 12)
WEIGHT = np.array([2.0, 1, 1] * 4)
SUBJECT = np.repeat(["a", "b", "c", "d"], 3)


def write(run: Path, variant: str, seed: int, D_pred: np.ndarray) -> None:
    for fold, rows in (("f0", np.arange(6)), ("f1", np.arange(6, 12))):
        folder = run / "jobs" / variant / str(seed) / fold
        folder.mkdir(parents=True)
        np.savez(
            folder / "predictions.npz",
            D=D[rows],
            D_pred=D_pred[rows],
            weight=WEIGHT[rows],
            row=rows,
            subject=SUBJECT[rows],
            trial=SUBJECT[rows],
            window=rows,
        )


@pytest.fixture
def run(tmp_path: Path) -> Path:
    uniform = np.full((12, 3), 1 / 3)
    write(tmp_path, "mean", 0, uniform)
    write(tmp_path, "net", 0, 0.8 * D + 0.2 * uniform)
    write(tmp_path, "net", 1, D[:, [1, 0, 2]])
    return finish(tmp_path, STUDY, name="study", variants={"net": {}})


def scores_of(run: Path) -> list[VariantScore]:
    return [score for comparison in Run(run).comparisons for score in comparison.scores]


def of(rows: list[VariantScore], variant: str, metric: str) -> VariantScore:
    (row,) = [row for row in rows if (row.variant, row.metric) == (variant, metric)]
    return row


def test_each_subject_counts_once_whatever_its_weights(run: Path) -> None:
    row = of(scores_of(run), "mean", "chebyshev")
    scores = np.abs(D - 1 / 3).max(1)
    by_subject = [np.average(scores[s == SUBJECT], weights=WEIGHT[s == SUBJECT]) for s in "abcd"]
    assert row.mean == pytest.approx(np.mean(by_subject))
    assert row.micro == pytest.approx(np.average(scores, weights=WEIGHT))
    assert (row.n_subjects, row.n_seeds, row.grade) == (4, 1, "subject-independent")
    assert row.low < row.mean < row.high


def test_seeds_are_averaged_as_scores_and_as_predictions(run: Path) -> None:
    rows = scores_of(run)
    assert [row.variant for row in rows[:: len(METRICS)]] == ["mean", "net", "net+seeds"]
    uniform = np.full((12, 3), 1 / 3)
    predictions = [0.8 * D + 0.2 * uniform, D[:, [1, 0, 2]]]
    kl = [(D * np.log(D / p)).sum(1) for p in predictions]
    weights = [np.where(s == SUBJECT, WEIGHT, 0) for s in "abcd"]
    each = np.mean([[np.average(scores, weights=w) for w in weights] for scores in kl])
    assert of(rows, "net", "kl_divergence").mean == pytest.approx(each)
    joint = (D * np.log(D / np.mean(predictions, axis=0))).sum(1)
    assert of(rows, "net+seeds", "kl_divergence").mean == pytest.approx(
        np.mean([np.average(joint, weights=w) for w in weights])
    )
    assert of(rows, "net+seeds", "cosine").n_seeds == 2


def test_a_variant_without_predictions_has_no_row(run: Path) -> None:
    (run / "jobs" / "mean" / "0" / "f0" / "predictions.npz").unlink()
    (run / "jobs" / "mean" / "0" / "f1" / "predictions.npz").unlink()
    assert {row.variant for row in scores_of(run)} == {"net", "net+seeds"}


def test_a_seed_that_lacks_a_fold_costs_no_numbers(run: Path) -> None:
    before = of(scores_of(run), "net", "chebyshev").mean
    (run / "jobs" / "net" / "1" / "f1" / "predictions.npz").unlink()
    rows = scores_of(run)
    assert "net+seeds" not in {row.variant for row in rows}
    row = of(rows, "net", "chebyshev")
    assert row.n_subjects == 4
    assert row.mean != before


def test_csv_holds_every_number_at_full_precision(run: Path) -> None:
    rows = scores_of(run)
    read = list(csv.DictReader(io.StringIO(as_csv(rows))))
    assert list(read[0])[:4] == ["variant", "grade", "metric", "mean"]
    assert [float(line["mean"]) for line in read] == [row.mean for row in rows]


def test_markdown_states_data_and_folds(run: Path) -> None:
    text = as_markdown("study", compare([run]))
    for part in (
        "subject-independent",
        "11 of 12 rated",
        "SIMULATED",
        "Transductive",
        "4 distinct labels",
        "net+seeds",
        "KL ↓",
    ):
        assert part in text


def test_interval_covers_and_knows_its_limits() -> None:
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(60):
        low, high = interval(rng.normal(size=20))
        hits += low < 0 < high
    assert hits >= 50
    assert np.isnan(interval(np.array([1.0, 2.0]))).all()
    assert interval(np.full(5, 2.0)).tolist() == [2.0, 2.0]
