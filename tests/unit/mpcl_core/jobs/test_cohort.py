"""Cohorts: every job ends as it would by itself."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from mpcl_core.interfaces.components import Objective
from mpcl_core.jobs.cohort import run_cohort
from mpcl_core.jobs.job import run_job
from mpcl_core.training import checkpoint
from mpcl_core.training.trained_network import TrainedNetwork
from mpcl_core.training.windows.device_windows import DeviceWindows
from mpcl_plugins.objectives.kl import KL
from support.cohorts import DEVICE, Killed, complete, fold_jobs, folds, journal, killed_after
from support.specs import block, network
from support.trainers import learnable, opened


@pytest.fixture
def double() -> Iterator[None]:
    """Compute in double precision."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def predictions(folder: Path) -> dict[str, np.ndarray]:
    """Return D_pred of every job below a folder."""
    return {
        f"{path.parent.relative_to(folder)}": np.load(path)["D_pred"]
        for path in sorted(folder.rglob("predictions.npz"))
    }


SIX = complete(epochs=4, patience=2)


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with six jobs, trained three at a time: places are taken over while other jobs are in their refit."""
    folder = tmp_path_factory.mktemp("six")
    outcomes = run_cohort(lambda: opened(SIX), fold_jobs(folder), learnable(), DEVICE, 3)
    assert [outcome.error for outcome in outcomes] == [""] * 6
    return folder


@pytest.mark.slow
def test_jobs_of_a_cohort_equal_single_jobs(six: Path, tmp_path: Path) -> None:
    for each in fold_jobs(tmp_path):
        assert not run_job(lambda: opened(SIX), each, learnable(), DEVICE).error
    single, cohort = predictions(tmp_path), predictions(six)
    assert set(single) == set(cohort)
    for name, D_pred in single.items():
        assert cohort[name] == pytest.approx(D_pred, abs=1e-3)
        expected, actual = journal(tmp_path / name), journal(six / name)
        assert [(line["phase"], line.get("epoch")) for line in expected] == [
            (line["phase"], line.get("epoch")) for line in actual
        ]
        assert actual[-1]["kl_divergence"] == pytest.approx(expected[-1]["kl_divergence"], abs=1e-3)
        assert not (six / name / "checkpoint" / "training.pt").exists()
        assert json.loads((six / name / "cost.json").read_text())["cohort"] == 3
        assert "cohort" not in expected[0]
        assert {line["cohort"] for line in actual if "cohort" in line} <= {2, 3}


@pytest.mark.slow
def test_inner_folds_in_a_cohort_equal_those_of_single_jobs(tmp_path: Path) -> None:
    model, windows = complete(epochs=2, inner_folds=2), learnable()
    for each in fold_jobs(tmp_path / "single", (0,)):
        assert not run_job(lambda: opened(model), each, windows, DEVICE).error
    run_cohort(lambda: opened(model), fold_jobs(tmp_path / "cohort", (0,)), windows, DEVICE, 3)
    single, cohort = (predictions(tmp_path / name) for name in ("single", "cohort"))
    for name, D_pred in single.items():
        assert cohort[name] == pytest.approx(D_pred, abs=1e-3)


@pytest.mark.slow
def test_predictions_do_not_depend_on_the_other_jobs_of_the_cohort(six: Path, tmp_path: Path) -> None:
    run_cohort(lambda: opened(SIX), fold_jobs(tmp_path, (1,))[:2], learnable(), DEVICE, 2)
    among_six, two = predictions(six), predictions(tmp_path)
    assert len(two) == 2
    for name, D_pred in two.items():
        assert among_six[name] == pytest.approx(D_pred, abs=1e-4)


@pytest.mark.slow
@pytest.mark.usefixtures("double")
def test_resume_after_kill_keeps_predictions_of_a_cohort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    model, windows = complete(epochs=4, patience=2), learnable()
    run_cohort(lambda: opened(model), fold_jobs(tmp_path / "uninterrupted", (0,)), windows, DEVICE, 2)
    for moment in (4, 9):
        observers = killed_after(moment)
        with pytest.raises(Killed):
            run_cohort(
                lambda observers=observers: opened(model, observers),
                fold_jobs(tmp_path / "killed", (0,)),
                windows,
                DEVICE,
                2,
            )
    left = [each for each in fold_jobs(tmp_path / "killed", (0,)) if not (each.job.folder / "cost.json").exists()]
    assert len(left) > 0
    run_cohort(lambda: opened(model), left, windows, DEVICE, 2)
    uninterrupted, killed = (predictions(tmp_path / name) for name in ("uninterrupted", "killed"))
    assert set(uninterrupted) == set(killed)
    for name, D_pred in uninterrupted.items():
        assert killed[name] == pytest.approx(D_pred, abs=1e-9)


@pytest.mark.slow
def test_failing_job_does_not_affect_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    predict = TrainedNetwork.predict

    def fails(self: TrainedNetwork, windows: DeviceWindows) -> np.ndarray:
        if len(windows) == len(folds()[1].test):
            raise RuntimeError("boom")
        return predict(self, windows)

    monkeypatch.setattr(TrainedNetwork, "predict", fails)
    outcomes = run_cohort(lambda: opened(complete(epochs=2)), fold_jobs(tmp_path), learnable(), DEVICE, 3)
    errors = {outcome.job.fold: outcome.error for outcome in outcomes}
    assert errors == {"f70": "", "f50": "RuntimeError: boom", "f101": ""}
    assert "boom" in (tmp_path / "0" / "f50" / "job.log").read_text()
    assert not (tmp_path / "0" / "f70" / "job.log").exists()


@pytest.mark.slow
def test_with_fail_fast_no_job_starts_after_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: TrainedNetwork, windows: DeviceWindows) -> np.ndarray:
        raise RuntimeError("boom")

    monkeypatch.setattr(TrainedNetwork, "predict", fails)
    jobs = fold_jobs(tmp_path, (0, 1, 2))
    outcomes = run_cohort(lambda: opened(complete(epochs=2)), jobs, learnable(), DEVICE, 2, fail_fast=True)
    assert 1 <= len(outcomes) < len(jobs)
    assert all(outcome.error == "RuntimeError: boom" for outcome in outcomes)


@pytest.mark.skipif(DEVICE == "cpu", reason="no GPU")
def test_gpu_predicts_what_the_processor_predicts(tmp_path: Path) -> None:
    model, windows = complete(epochs=4, patience=2), learnable()
    for device in ("cpu", DEVICE):
        for each in fold_jobs(tmp_path / device, (0,)):
            assert not run_job(lambda: opened(model), each, windows, device).error
    cpu, gpu = (predictions(tmp_path / device) for device in ("cpu", DEVICE))
    for name, D_pred in cpu.items():
        assert gpu[name] == pytest.approx(D_pred, abs=1e-3)
        log = tmp_path / DEVICE / name / "job.log"
        assert not log.exists() or "deterministic" not in log.read_text()


class Branching(Objective):
    """Branch on a value, which a stack cannot, though the class claims to be stackable."""

    name = "branching"

    def forward(self, state, batch):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        loss = state.logits.square().mean()
        return loss if loss > 0 else loss * 2


@pytest.mark.slow
def test_jobs_run_one_by_one_where_stacking_fails(tmp_path: Path) -> None:
    model = network(epochs=2, objectives={"distribution": (block(KL), 1.0), "odd": (block(Branching), 0.1)})
    outcomes = run_cohort(lambda: opened(model), fold_jobs(tmp_path, (0,)), learnable(), DEVICE, 3)
    assert [outcome.error for outcome in outcomes] == ["", "", ""]
    log = (tmp_path / "0" / "f70" / "job.log").read_text()
    assert "training in a cohort failed, so this job is run by itself" in log


@pytest.mark.slow
def test_dropout_in_a_cohort_differs_less_than_seeds_do(tmp_path: Path) -> None:
    spec = complete(epochs=3, patience=3)
    head = block(spec.head.cls, dropout=0.3)
    model = type(spec)(spec.dim, spec.streams, head, spec.objectives, spec.train)
    windows, seeds = learnable(), (0, 1, 2)
    for each in fold_jobs(tmp_path / "single", seeds)[::3]:
        run_job(lambda: opened(model), each, windows, DEVICE)
    run_cohort(lambda: opened(model), fold_jobs(tmp_path / "cohort", seeds)[::3], windows, DEVICE, 3)
    kl = {
        name: np.array(
            [journal(each.job.folder)[-1]["kl_divergence"] for each in fold_jobs(tmp_path / name, seeds)[::3]]
        )
        for name in ("single", "cohort")
    }
    assert abs(kl["single"].mean() - kl["cohort"].mean()) < np.ptp(kl["single"])
    assert not np.allclose(kl["single"], kl["cohort"], atol=1e-6), "the masks of dropout differ"
