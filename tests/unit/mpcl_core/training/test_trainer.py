"""Training: it learns, it repeats itself, and no test row can reach it."""

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from mpcl_core import testing
from mpcl_core.interfaces.data import Job, WindowSet
from mpcl_core.jobs.job import run_job
from mpcl_core.training.phase import Phase
from mpcl_core.training.trainer import Trainer, TrainingError
from mpcl_plugins.transforms.zscore import ZScore
from support.specs import block, network
from support.trainers import FOLD, learnable, opened, predicted, trainer


@pytest.mark.slow
def test_it_learns_and_reports_both_phases() -> None:
    windows, seen = learnable(), []
    D_pred = predicted(windows, trainer(seen, epochs=25, patience=25))  # type: ignore[arg-type]
    D = windows.D[FOLD.test]
    mean = windows.D[:190].mean(0)
    kl = lambda p: float((D * np.log(D / p)).sum(1).mean())  # noqa: E731
    assert kl(D_pred) < 0.5 * kl(mean)
    search = [line for line in seen if line["phase"] == "search"]
    refit = [line for line in seen if line["phase"] == "refit"]
    assert search[0]["epoch"] == 0
    best = min(search, key=lambda line: line["validation_kl"])  # type: ignore[arg-type,return-value]
    assert len(refit) == best["epoch"]
    assert search[1]["loss"] > search[-1]["loss"]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_and_another_another() -> None:
    windows = learnable()
    torch.manual_seed(5)
    state = torch.random.get_rng_state()
    one = predicted(windows, trainer())
    assert torch.equal(state, torch.random.get_rng_state()), "a job leaves the global state as it was"
    random.random(), torch.rand(3)
    assert np.array_equal(one, predicted(windows, trainer()))
    assert not np.array_equal(one, predicted(windows, trainer(seed=1)))


def test_without_refit_the_best_epoch_is_kept() -> None:
    seen: list[dict[str, object]] = []
    windows = learnable()
    predicted(windows, trainer(seen, refit=False, epochs=3))
    assert {line["phase"] for line in seen} == {"search"}


def test_all_epochs_need_no_search_and_learn_from_every_fitting_row() -> None:
    seen: list[dict[str, object]] = []
    windows = learnable()
    D_pred = predicted(windows, trainer(seen, choose="last", epochs=3))
    assert [(line["phase"], line["epoch"]) for line in seen] == [("refit", 1), ("refit", 2), ("refit", 3)]
    with_labels_moved = learnable()
    with_labels_moved.D[FOLD.validation] = np.roll(windows.D[FOLD.validation], 1, axis=0)
    assert not np.array_equal(D_pred, predicted(with_labels_moved, trainer(choose="last", epochs=3)))


@pytest.mark.slow
def test_one_standard_error_never_trains_longer_than_the_best() -> None:
    seen: dict[str, list[dict[str, object]]] = {"best": [], "one_se": []}
    for choose, lines in seen.items():
        predicted(learnable(), trainer(lines, choose=choose, epochs=12, patience=12))
    search = {name: [line for line in lines if line["phase"] == "search"] for name, lines in seen.items()}
    assert [line["validation_kl"] for line in search["best"]] == [line["validation_kl"] for line in search["one_se"]]
    epochs = {name: sum(line["phase"] == "refit" for line in lines) for name, lines in seen.items()}
    assert 0 < epochs["one_se"] <= epochs["best"]


@pytest.mark.slow
def test_without_refit_the_chosen_epoch_is_kept() -> None:
    """Cautiously chosen weights are those that a search of just so many epochs ends with."""
    seen: list[dict[str, object]] = []
    windows = learnable()
    kept = predicted(windows, trainer(seen, choose="one_se", refit=False, epochs=12, patience=12))
    again: list[dict[str, object]] = []
    predicted(windows, trainer(again, choose="one_se", epochs=12, patience=12))
    epochs = sum(line["phase"] == "refit" for line in again)
    assert np.array_equal(kept, predicted(windows, trainer(choose="best", refit=False, epochs=epochs, patience=12)))


def test_where_nothing_is_to_be_learnt_the_search_may_choose_no_epoch() -> None:
    windows, seen = testing.study(), []
    rng = np.random.default_rng(1)
    windows.D = rng.dirichlet(np.ones(testing.K), len(windows))
    D_pred = predicted(windows, trainer(seen, epochs=30, patience=3, lr=0.1))  # type: ignore[arg-type]
    assert len([line for line in seen if line["phase"] == "search"]) < 31
    assert np.isfinite(D_pred).all()


def test_pictures_show_rows_as_the_network_saw_them_among_all() -> None:
    """A transductive transform makes something else of some rows alone."""
    windows, rows = learnable(), np.concatenate([FOLD.train, FOLD.validation])
    by_subject = [block(ZScore, scope="subject")]
    made = Trainer(network(epochs=1), by_subject, (0, 0), "cpu", lambda _: None, lambda *_: None)
    fitted = made.fit(windows.take(rows), *np.split(np.arange(len(rows)), [len(FOLD.train)]))
    test, some = windows.take(FOLD.test), np.array([0, 7, 31])
    everything, shown, alone = (
        fitted.diagnostics(fitted.prepare(of), which)["streams.behavioural.weights"]
        for of, which in ((test, np.arange(len(test))), (test, some), (test.take(some), np.arange(3)))
    )
    assert shown == pytest.approx(everything[some], abs=1e-6)
    assert not np.allclose(shown, alone, atol=1e-3)


def test_a_loss_that_is_no_number_is_said() -> None:
    windows = learnable()
    with pytest.raises(TrainingError, match=r"search, epoch \d: .* is nan.*train\.lr"):
        predicted(windows, trainer(lr=1e30, clip=1e30, epochs=5))


def test_bf16_trains_too() -> None:
    assert np.isfinite(predicted(learnable(), trainer(precision="bf16", epochs=1))).all()


def job(folder: Path, model: object, windows: WindowSet):  # type: ignore[no-untyped-def]  # noqa: ANN201
    return run_job(lambda: opened(model), Job("net", 0, "f", folder), windows, FOLD, 0, "cpu")


def test_test_rows_cannot_be_reached_while_training(tmp_path: Path) -> None:
    windows = learnable()
    assert not job(tmp_path / "a", network(epochs=2), windows).error
    other = learnable()
    for name in other.X:
        other.X[name][FOLD.test] = 77.0
    other.D[FOLD.test] = 1 / testing.K
    assert not job(tmp_path / "b", network(epochs=2), other).error
    weights = [(tmp_path / x / "checkpoint" / "weights.safetensors").read_bytes() for x in "ab"]
    assert weights[0] == weights[1]


def test_what_a_job_leaves(tmp_path: Path) -> None:
    outcome = job(tmp_path / "a", network(epochs=2), learnable())
    lines = [json.loads(line) for line in (tmp_path / "a" / "metrics.jsonl").read_text().splitlines()]
    assert lines[0]["phase"] == "search"
    assert lines[-1]["phase"] == "test"
    assert lines[-1]["kl_divergence"] == outcome.metrics["kl_divergence"]
    with np.load(tmp_path / "a" / "predictions.npz", allow_pickle=False) as stored:
        assert set(stored) == {"D", "D_pred", "weight", "row", "subject", "trial", "window"}
        assert np.array_equal(stored["row"], FOLD.test)
        assert np.allclose(stored["D_pred"].sum(1), 1)
    with np.load(tmp_path / "a" / "diagnostics.npz", allow_pickle=False) as diagnostics:
        assert diagnostics["streams.physiological.prototypes"].shape == (testing.K, 1, 8)
        assert diagnostics["streams.behavioural.weights"].shape == (len(diagnostics["index"]), testing.K, 1)


def test_a_failing_job_is_recorded_with_its_traceback(tmp_path: Path) -> None:
    from mpcl_core.interfaces.components import Estimator

    class Broken(Estimator):
        name = "broken"

        def fit(self, windows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            raise RuntimeError("boom")

        def predict(self, windows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return windows.D

    outcome = job(tmp_path / "a", block(Broken), learnable())
    assert outcome.error.startswith("estimator 'broken' (")
    assert outcome.error.endswith(" failed in fit(): RuntimeError: boom")
    assert "Traceback" in (tmp_path / "a" / "job.log").read_text()
    assert not (tmp_path / "a" / "predictions.npz").exists()


def test_a_training_that_fails_says_how_far_it_came_and_its_observers_hear_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The epochs before it are in the journal, also where the step itself raises."""
    epoch, heard = Phase.train_epoch, []

    def fails(self: Phase) -> dict[str, float]:
        if self.epochs == 2:
            raise RuntimeError("boom")
        return epoch(self)

    monkeypatch.setattr(Phase, "train_epoch", fails)
    run = replace(
        opened(network(epochs=5)), observers={"mpcl_job_failed": [lambda job, error: heard.append((job.fold, error))]}
    )
    outcome = run_job(lambda: run, Job("net", 0, "f", tmp_path), learnable(), FOLD, 0, "cpu")
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert [(line["phase"], line["epoch"]) for line in lines] == [("search", 0), ("search", 1), ("search", 2)]
    assert outcome.error == "RuntimeError: boom"
    assert heard == [("f", "RuntimeError: boom")]


def test_a_prediction_that_is_no_distribution_is_refused(tmp_path: Path) -> None:
    from mpcl_core.interfaces.components import Estimator

    class Odd(Estimator):
        name = "odd"

        def fit(self, windows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return self

        def predict(self, windows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return windows.D * 2

    outcome = job(tmp_path / "a", block(Odd), learnable())
    assert "'net' predicted values that are no distributions: D_pred, row 0: sums to 2" in outcome.error
