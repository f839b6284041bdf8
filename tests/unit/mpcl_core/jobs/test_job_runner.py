"""Jobs: what they write, what they report, and that test windows do not affect the training."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mpcl_core import testing
from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.data import Job, WindowSet
from mpcl_core.interfaces.metric import Metric
from mpcl_core.jobs.execution import FoldJob, JobOutcome, finished_outcome
from mpcl_core.jobs.job import run_job
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.spec.robustness import RobustnessSettings
from mpcl_core.training.phase import Phase
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.estimators.ridge import Ridge
from support.plugin_metrics import brier
from support.specs import block, network
from support.trainers import FOLD, learnable, opened


def run(folder: Path, model: object, windows: WindowSet) -> JobOutcome:
    return run_job(lambda: opened(model), FoldJob(Job("net", 0, "f", folder), FOLD, 0), windows, "cpu")


def test_test_windows_do_not_affect_the_weights(tmp_path: Path) -> None:
    assert not run(tmp_path / "a", network(epochs=2), learnable()).error
    other = learnable()
    for name in other.X:
        other.X[name][FOLD.test] = 77.0
    other.D[FOLD.test] = 1 / testing.K
    assert not run(tmp_path / "b", network(epochs=2), other).error
    weights = [(tmp_path / x / "model" / "weights.safetensors").read_bytes() for x in "ab"]
    assert weights[0] == weights[1]


def test_job_writes_journal_predictions_and_diagnostics(tmp_path: Path) -> None:
    outcome = run(tmp_path, network(epochs=2), learnable())
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert lines[0]["phase"] == "search"
    assert lines[-1]["phase"] == "test"
    assert lines[-1]["kl_divergence"] == outcome.metrics["kl_divergence"]
    with np.load(tmp_path / "predictions.npz", allow_pickle=False) as stored:
        assert set(stored) == {"D", "D_pred", "weight", "row", "subject", "trial", "window"}
        assert np.array_equal(stored["row"], FOLD.test)
        assert np.allclose(stored["D_pred"].sum(1), 1)
    with np.load(tmp_path / "diagnostics.npz", allow_pickle=False) as diagnostics:
        assert diagnostics["streams.physiological.prototypes"].shape == (testing.K, 1, 8)
        assert diagnostics["streams.behavioural.weights"].shape == (len(diagnostics["index"]), testing.K, 1)


def test_metrics_of_plugins_are_stored_beside_the_six(tmp_path: Path) -> None:
    context = replace(opened(block(Mean)), metrics=[Metric("brier", brier)])
    outcome = run_job(lambda: context, FoldJob(Job("net", 0, "f", tmp_path), FOLD, 0), learnable(), "cpu")
    with np.load(tmp_path / "predictions.npz", allow_pickle=False) as stored:
        assert np.array_equal(stored["metric.brier"], brier(stored["D"], stored["D_pred"]))
        expected = float(np.average(stored["metric.brier"], weights=stored["weight"]))
    assert outcome.metrics["brier"] == pytest.approx(expected, abs=1e-12)
    assert finished_outcome(Job("net", 0, "f", tmp_path)) is not None


def test_failing_job_is_recorded_with_its_traceback(tmp_path: Path) -> None:
    class Broken(Estimator):
        name = "broken"

        def fit(self, windows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            raise RuntimeError("boom")

        def predict(self, windows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return windows.D

    outcome = run(tmp_path, block(Broken), learnable())
    assert outcome.error.startswith("estimator 'broken' (")
    assert outcome.error.endswith(" failed in fit(): RuntimeError: boom")
    assert "Traceback" in (tmp_path / "job.log").read_text()
    assert (tmp_path / "cost.json").exists()
    assert not (tmp_path / "predictions.npz").exists()


def test_failing_training_keeps_its_journal_and_calls_the_observers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_epoch, failures = Phase.train_epoch, []

    def fails(self: Phase) -> dict[str, float]:
        if self.epochs == 2:
            raise RuntimeError("boom")
        return train_epoch(self)

    monkeypatch.setattr(Phase, "train_epoch", fails)
    context = replace(
        opened(network(epochs=5)),
        observers={"mpcl_job_failed": [lambda job, error: failures.append((job.fold, error))]},
    )
    outcome = run_job(lambda: context, FoldJob(Job("net", 0, "f", tmp_path), FOLD, 0), learnable(), "cpu")
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert [(line["phase"], line["epoch"]) for line in lines] == [("search", 0), ("search", 1), ("search", 2)]
    assert outcome.error == "RuntimeError: boom"
    assert failures == [("f", "RuntimeError: boom")]


@pytest.mark.parametrize(
    ("factor", "columns", "message"),
    [
        (2.0, testing.K, " predicted values that are no distributions: D_pred, row 0: sums to 2"),
        (
            1.0,
            testing.K - 1,
            " predicted an array of shape (50, 4), not an array of real numbers of shape (50, 5)",
        ),
    ],
)
def test_invalid_predictions_are_rejected(tmp_path: Path, factor: float, columns: int, message: str) -> None:
    class Invalid(Estimator):
        name = "invalid"

        def fit(self, windows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return self

        def predict(self, windows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return np.full((len(windows), columns), factor / testing.K)

    error = run(tmp_path, block(Invalid), learnable()).error
    assert message in error
    assert error.startswith("estimator 'invalid' (")


@pytest.mark.parametrize("model", [network(epochs=1), block(Ridge, alphas=(1.0,))], ids=["network", "estimator"])
def test_pooled_job_writes_the_prediction_of_a_trial_for_each_of_its_windows(tmp_path: Path, model: object) -> None:
    windows = learnable()
    windows.modalities = tuple(replace(each, sfreq=None) for each in windows.modalities)
    context = opened(model)
    spec = replace(context.specs["net"], pool=PoolSettings(unit="trial", keep=0.5), robustness=RobustnessSettings())
    context = replace(context, specs={"net": spec})
    outcome = run_job(lambda: context, FoldJob(Job("net", 0, "f", tmp_path), FOLD, 0), windows, "cpu")
    assert not outcome.error
    with np.load(tmp_path / "predictions.npz", allow_pickle=False) as stored:
        assert np.array_equal(stored["row"], FOLD.test)
        trials = np.unique(np.stack([stored["subject"], stored["trial"]]), axis=1).shape[1]
        assert trials < len(FOLD.test)
        assert len(np.unique(stored["D_pred"], axis=0)) == trials


def test_estimator_observes_signals_of_unrated_windows_without_their_labels(tmp_path: Path) -> None:
    seen: list[WindowSet] = []

    class Observing(Mean):
        name = "observing"

        def observe_signals(self, windows: WindowSet) -> None:
            seen.append(windows)

    windows, few = learnable(), replace(FOLD, train=FOLD.train[:40], unrated=FOLD.train[40:])
    context = opened(block(Observing))
    outcome = run_job(lambda: context, FoldJob(Job("net", 0, "f", tmp_path), few, 0), windows, "cpu")
    assert not outcome.error
    (signals,) = seen
    assert len(signals) == len(FOLD.train) + len(FOLD.validation)
    assert np.isnan(signals.D).all()
    with np.load(tmp_path / "predictions.npz", allow_pickle=False) as stored:
        rated = np.concatenate([few.train, few.validation])
        mean = np.average(windows.D[rated], axis=0, weights=windows.weight[rated])
        assert np.allclose(stored["D_pred"], mean)
