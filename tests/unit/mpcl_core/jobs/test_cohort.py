"""Jobs that are trained together: each is what it is alone."""

import gc
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mpcl_core.interfaces.components import Objective
from mpcl_core.interfaces.data import Job, WindowSet
from mpcl_core.jobs.cohort import FoldJob, run_cohort
from mpcl_core.jobs.job import run_job
from mpcl_core.jobs.job_runner import JobRunner
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.training import checkpoint
from mpcl_core.training.device_windows import DeviceWindows
from mpcl_core.training.stacked import StackedNetworks, parameters_with_gradient
from mpcl_core.training.trained_network import TrainedNetwork
from mpcl_core.training.trainer import Trainer
from mpcl_core.training.window_store import WindowStore
from mpcl_plugins.fusions.msaf import MSAF
from mpcl_plugins.memories.ema_bank import EmaBank
from mpcl_plugins.memories.episodic_bank import EpisodicBank
from mpcl_plugins.objectives.kl import KL
from mpcl_plugins.objectives.pcl import PCL
from mpcl_plugins.objectives.prd import PRD
from mpcl_plugins.retrievals.hopfield import Hopfield
from mpcl_plugins.transforms.zscore import ZScore
from support.cohorts import ENDED, Killed, folds, journal, killed_after
from support.specs import block, network
from support.trainers import learnable, opened

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def complete(**changes: Any) -> NetworkSpec:
    """Every kind of part: MSAF, two objectives that contrast, a bank that is learned and one that follows."""
    made = network(
        objectives={
            "distribution": (block(KL), 1.0),
            "prd": (block(PRD), 0.1),
            "pcl": (block(PCL, retrieval=block(Hopfield)), 0.1),
        },
        **changes,
    )
    streams = dict(made.streams)
    first, second = streams["physiological"], streams["behavioural"]
    streams["physiological"] = type(first)(first.encoders, block(MSAF, primary="eeg"), block(EmaBank))
    streams["behavioural"] = type(second)(second.encoders, second.fusion, block(EpisodicBank, capacity=64))
    return type(made)(made.dim, streams, made.head, made.objectives, made.train)


@pytest.fixture
def double() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def phases(model: NetworkSpec, windows: WindowSet, store: WindowStore) -> list[Any]:
    made = []
    for number, fold in enumerate(folds()):
        trainer = Trainer(
            model, [block(ZScore)], (0, number), DEVICE, lambda _: None, lambda *_: None, None, store
        )  # fmt: skip
        made.append(trainer.phase(windows.take(fold.train)))
    return made


@pytest.mark.slow
@pytest.mark.parametrize("dropped", [0.0, 0.4])
@pytest.mark.usefixtures("double")
def test_fifty_steps_together_are_fifty_steps_alone(dropped: float) -> None:
    """To 1e-7 in double precision, whatever the companions: parameters, banks and moments."""
    model, windows = complete(modality_dropout=dropped, batch_size=32, schedule="one_cycle", epochs=30), learnable()
    alone, together = (
        phases(model, windows, WindowStore(torch.device(DEVICE))),
        phases(model, windows, WindowStore(torch.device(DEVICE))),
    )
    stack = StackedNetworks(together, parameters_with_gradient(together[0]))
    for _ in range(17):  # 3 steps each, or 2, or 4: more than 50 of the first
        losses = stack.train_epoch([True] * 3)
        for phase, seen in zip(alone, losses, strict=True):
            assert seen == pytest.approx(phase.train_epoch(), abs=1e-7)
    for phase, other in zip(alone, together, strict=True):
        mine, its = phase.state_dict(), other.state_dict()
        assert phase.epochs == 17
        assert mine["generator"].equal(its["generator"])
        for name, value in mine["learner"].items():
            assert torch.allclose(value.double(), its["learner"][name].double(), atol=1e-7), name
        for name, tensors in mine["adamw"].items():
            for tensor, other_s in zip(tensors, its["adamw"][name], strict=True):
                assert torch.allclose(tensor, other_s, atol=1e-7), name


@pytest.mark.usefixtures("double")
def test_one_that_does_not_learn_stays_as_it_is() -> None:
    model, windows = complete(), learnable()
    made = phases(model, windows, WindowStore(torch.device(DEVICE)))
    before = {name: value.clone() for name, value in made[1].learner.state_dict().items()}
    stack = StackedNetworks(made, parameters_with_gradient(made[0]))
    losses = stack.train_epoch([True, False, True])
    assert losses[1] == {}
    assert all(torch.equal(value, before[name]) for name, value in made[1].weights().items())
    assert made[1].epochs == 0
    assert not any(torch.equal(value, before[name]) for name, value in made[0].weights().items() if "weight" in name)


def test_looks_at_rows_of_unequal_number_are_those_of_each_alone() -> None:
    model, windows = complete(), learnable()
    store = WindowStore(torch.device(DEVICE))
    made = phases(model, windows, store)
    held_out = [store.add(windows.take(fold.test)) for fold in folds()]
    alone = [phase.divergences(rows) for phase, rows in zip(made, held_out, strict=True)]
    stack = StackedNetworks(made, parameters_with_gradient(made[0]))
    for mine, its in zip(alone, stack.divergences(held_out), strict=True):
        assert its == pytest.approx(mine, abs=1e-5)
    some = stack.divergences([None, held_out[1], None])
    assert some[1] == pytest.approx(alone[1], abs=1e-5)
    assert len(some[0]) == 0


def test_a_parameter_that_no_loss_depends_on_is_left_alone() -> None:
    """Alone it has no gradient, and so no weight decay either."""

    class Blind(Objective):
        """Looks at one stream only."""

        name = "blind"

        def forward(self, state, batch):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return state.streams["behavioural"].z.square().mean()

    made = phases(network(objectives={"blind": (block(Blind), 1.0)}), learnable(), WindowStore(torch.device(DEVICE)))
    names = parameters_with_gradient(made[0])
    assert names
    assert all("behavioural" in name for name in names)
    before = {name: value.clone() for name, value in made[0].learner.state_dict().items()}
    StackedNetworks(made, names).train_epoch([True] * 3)
    after = made[0].weights()
    assert all(torch.equal(after[name], before[name]) for name in before if name not in names)
    assert not torch.equal(after[names[0]], before[names[0]])


def test_a_store_keeps_each_row_once_and_only_while_it_is_needed() -> None:
    windows, store = learnable(), WindowStore(torch.device(DEVICE))
    first = store.add(windows.take(np.arange(100)))
    second = store.add(windows.take(np.arange(60, 160)))
    assert len(store) == 160
    batch = second.batch(torch.tensor([0, 99], device=DEVICE))
    assert torch.equal(batch.X["face"].cpu(), torch.from_numpy(windows.X["face"][[60, 159]]))
    del first
    assert len(store) == 100
    third = store.add(windows.take(np.arange(160, 240)))
    assert len(store.X["eeg"]) <= 2 * 160
    for rows, start in ((second, 60), (third, 160)):
        own = np.arange(start, start + len(rows))
        assert torch.equal(rows.D.cpu(), torch.from_numpy(windows.D[own]).float())
        assert torch.equal(rows.present["gsr"].cpu(), torch.from_numpy(windows.present["gsr"][own]))


def test_rows_that_are_let_go_at_any_moment_draw_no_random_number() -> None:
    """The collector may come in the middle of anything, a training or a test that draws."""
    store = WindowStore(torch.device(DEVICE))
    rows = [store.add(learnable().take(np.arange(20)))]
    rows.append(rows)  # type: ignore[arg-type]
    before = random.getstate()
    del rows
    gc.collect()
    assert len(store) == 0
    assert random.getstate() == before


def assigned(folder: Path, seeds: Sequence[int] = (0, 1)) -> list[FoldJob]:
    return [
        FoldJob(Job("net", seed, fold.label, folder / f"{seed}" / fold.label), fold, number)
        for seed in seeds
        for number, fold in enumerate(folds())
    ]


def stored(folder: Path, name: str) -> dict[str, np.ndarray]:
    return {
        f"{path.parent.relative_to(folder)}": np.load(path)["D_pred"] for path in sorted(folder.rglob(f"{name}.npz"))
    }


@pytest.mark.slow
def test_jobs_run_together_are_the_jobs_run_alone(tmp_path: Path) -> None:
    """Three at a time of six, so that places are taken over while others are in their refit."""
    model, windows = complete(epochs=4, patience=2), learnable()
    for job in assigned(tmp_path / "alone"):
        assert not run_job(lambda: opened(model), job.job, windows, job.fold, job.number, DEVICE).error
    outcomes = run_cohort(lambda: opened(model), assigned(tmp_path / "both"), windows, DEVICE, 3)
    assert [outcome.error for outcome in outcomes] == [""] * 6
    one, two = (stored(tmp_path / name, "predictions") for name in ("alone", "both"))
    assert set(one) == set(two)
    for name, D_pred in one.items():
        assert two[name] == pytest.approx(D_pred, abs=1e-3)
        alone, both = journal(tmp_path / "alone" / name), journal(tmp_path / "both" / name)
        assert [(line["phase"], line.get("epoch")) for line in alone] == [
            (line["phase"], line.get("epoch")) for line in both
        ]
        assert both[-1]["kl_divergence"] == pytest.approx(alone[-1]["kl_divergence"], abs=1e-3)
        assert not (tmp_path / "both" / name / "checkpoint" / "training.pt").exists()
        assert json.loads((tmp_path / "both" / name / "cost.json").read_text())["cohort"] == 3


@pytest.mark.slow
def test_inner_folds_are_searched_together_too(tmp_path: Path) -> None:
    model, windows = complete(epochs=3, inner_folds=3), learnable()
    for job in assigned(tmp_path / "alone", (0,)):
        assert not run_job(lambda: opened(model), job.job, windows, job.fold, job.number, DEVICE).error
    run_cohort(lambda: opened(model), assigned(tmp_path / "both", (0,)), windows, DEVICE, 3)
    one, two = (stored(tmp_path / name, "predictions") for name in ("alone", "both"))
    for name, D_pred in one.items():
        assert two[name] == pytest.approx(D_pred, abs=1e-3)


@pytest.mark.slow
def test_companions_make_no_difference(tmp_path: Path) -> None:
    model, windows = complete(epochs=4), learnable()
    run_cohort(lambda: opened(model), assigned(tmp_path / "six"), windows, DEVICE, 6)
    run_cohort(lambda: opened(model), assigned(tmp_path / "two", (1,))[:2], windows, DEVICE, 2)
    six, two = (stored(tmp_path / name, "predictions") for name in ("six", "two"))
    for name, D_pred in two.items():
        assert six[name] == pytest.approx(D_pred, abs=1e-4)


@pytest.mark.slow
@pytest.mark.usefixtures("double")
def test_killed_together_and_gone_on_with_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    model, windows = complete(epochs=4, patience=2), learnable()
    run_cohort(lambda: opened(model), assigned(tmp_path / "whole"), windows, DEVICE, 3)
    for moment in (4, 9):
        killed_after(moment, monkeypatch)
        with pytest.raises(Killed):
            run_cohort(lambda: opened(model), assigned(tmp_path / "killed"), windows, DEVICE, 3)
    monkeypatch.setattr(JobRunner, "_on_epoch_ended", ENDED)
    left = [job for job in assigned(tmp_path / "killed") if not (job.job.folder / "cost.json").exists()]
    assert len(left) > 0
    run_cohort(lambda: opened(model), left, windows, DEVICE, 3)
    whole, killed = (stored(tmp_path / name, "predictions") for name in ("whole", "killed"))
    assert set(whole) == set(killed)
    for name, D_pred in whole.items():
        assert killed[name] == pytest.approx(D_pred, abs=1e-9)


@pytest.mark.slow
def test_a_member_that_fails_takes_no_other_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    predict = TrainedNetwork.predict

    def fails(self: TrainedNetwork, rows: DeviceWindows) -> np.ndarray:
        if len(rows) == len(folds()[1].test):
            raise RuntimeError("boom")
        return predict(self, rows)

    monkeypatch.setattr(TrainedNetwork, "predict", fails)
    outcomes = run_cohort(lambda: opened(complete(epochs=2)), assigned(tmp_path), learnable(), DEVICE, 3)
    errors = {outcome.job.fold: outcome.error for outcome in outcomes}
    assert errors == {"f70": "", "f50": "RuntimeError: boom", "f101": ""}
    log = (tmp_path / "0" / "f50" / "job.log").read_text()
    assert "boom" in log
    assert not (tmp_path / "0" / "f70" / "job.log").exists(), "nothing was to be said of it"


@pytest.mark.slow
def test_with_fail_fast_a_cohort_begins_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: TrainedNetwork, rows: DeviceWindows) -> np.ndarray:
        raise RuntimeError("boom")

    monkeypatch.setattr(TrainedNetwork, "predict", fails)
    jobs = assigned(tmp_path, (0, 1, 2))
    outcomes = run_cohort(lambda: opened(complete(epochs=2)), jobs, learnable(), DEVICE, 2, fail_fast=True)
    assert 1 <= len(outcomes) < len(jobs)
    assert all(outcome.error == "RuntimeError: boom" for outcome in outcomes)


@pytest.mark.skipif(DEVICE == "cpu", reason="no GPU")
def test_a_gpu_finds_what_the_processor_finds(tmp_path: Path) -> None:
    model, windows = complete(epochs=4, patience=2), learnable()
    for device in ("cpu", DEVICE):
        for job in assigned(tmp_path / device, (0,)):
            assert not run_job(lambda: opened(model), job.job, windows, job.fold, job.number, device).error
    one, two = (stored(tmp_path / device, "predictions") for device in ("cpu", DEVICE))
    for name, D_pred in one.items():
        assert two[name] == pytest.approx(D_pred, abs=1e-3)
        log = tmp_path / DEVICE / name / "job.log"
        assert not log.exists() or "deterministic" not in log.read_text()


class Branching(Objective):
    """Looks at a value, which a stack cannot, and says nothing of it."""

    name = "branching"

    def forward(self, state, batch):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        loss = state.logits.square().mean()
        return loss if loss > 0 else loss * 2


@pytest.mark.slow
def test_what_cannot_be_stacked_after_all_is_run_alone(tmp_path: Path) -> None:
    model = network(epochs=2, objectives={"distribution": (block(KL), 1.0), "odd": (block(Branching), 0.1)})
    outcomes = run_cohort(lambda: opened(model), assigned(tmp_path, (0,)), learnable(), DEVICE, 3)
    assert [outcome.error for outcome in outcomes] == ["", "", ""]
    assert (
        "training in a cohort failed, so this job is run by itself" in (tmp_path / "0" / "f70" / "job.log").read_text()
    )


@pytest.mark.slow
def test_with_dropout_the_difference_lies_within_the_spread_of_seeds(tmp_path: Path) -> None:
    made = complete(epochs=3, patience=3)
    head = block(made.head.cls, dropout=0.3)
    model = type(made)(made.dim, made.streams, head, made.objectives, made.train)
    windows, seeds = learnable(), (0, 1, 2)
    for job in assigned(tmp_path / "alone", seeds)[::3]:
        run_job(lambda: opened(model), job.job, windows, job.fold, job.number, DEVICE)
    run_cohort(lambda: opened(model), assigned(tmp_path / "both", seeds)[::3], windows, DEVICE, 3)
    kl = {
        name: np.array([journal(job.job.folder)[-1]["kl_divergence"] for job in assigned(tmp_path / name, seeds)[::3]])
        for name in ("alone", "both")
    }
    spread = np.ptp(kl["alone"])
    assert abs(kl["alone"].mean() - kl["both"].mean()) < spread
    assert not np.allclose(kl["alone"], kl["both"], atol=1e-6), "the masks differ"
