"""Nested cross-validation: every fitting window validates once, in the groups that the protocol separated."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core.interfaces.data import Job, WindowSet
from mpcl_core.jobs.execution import FoldJob
from mpcl_core.jobs.job import run_job
from mpcl_core.training import checkpoint
from mpcl_core.training.inner_folds import InnerSplit, inner_folds
from support.cohorts import Killed, journal, killed_after
from support.specs import network
from support.trainers import FOLD, learnable, opened, predicted, trainer

FITTING = InnerSplit(FOLD.train, FOLD.validation)


def study(subject: Sequence[str], trial: Sequence[str]) -> WindowSet:
    windows = learnable().take(np.arange(len(subject)))
    windows.subject, windows.trial = np.array(subject), np.array(trial)
    return windows


def checked_splits(windows: WindowSet, fold: InnerSplit, n: int) -> list[InnerSplit]:
    found = inner_folds(windows, fold, n, (0, 1))
    fitting = np.sort(np.concatenate(fold))
    for split in found:
        assert np.array_equal(np.sort(np.concatenate(split)), fitting)
    assert np.array_equal(found[0].validation, fold.validation)
    return found


def test_every_fitting_window_validates_once_and_subjects_are_not_divided() -> None:
    windows = study(list("aabbccddeeff"), [""] * 12)
    found = checked_splits(windows, InnerSplit(np.arange(2, 12), np.arange(2)), 3)
    assert sorted(np.concatenate([split.validation for split in found]).tolist()) == list(range(12))
    for split in found:
        assert not set(windows.subject[split.train]) & set(windows.subject[split.validation])
    assert [len(set(windows.subject[split.validation])) for split in found] == [1, 3, 2]


def test_groups_without_weight_are_in_no_part() -> None:
    windows = study(list("aabbccddeeff"), [""] * 12)
    windows.weight = np.where(np.isin(windows.subject, ["c", "e"]), 0.0, 1.0)
    found = checked_splits(windows, InnerSplit(np.arange(2, 12), np.arange(2)), 4)
    assert [set(windows.subject[split.validation]) & {"c", "e"} for split in found] == [set()] * 4


def test_parts_consist_of_trials_or_windows_where_the_protocol_divided_subjects() -> None:
    windows = study(["a"] * 8, list("11223344"))
    found = checked_splits(windows, InnerSplit(np.arange(2, 8), np.arange(2)), 4)
    assert all(len(set(windows.trial[split.validation])) == 1 for split in found)
    mixed = checked_splits(windows, InnerSplit(np.array([0, 2, 4, 5, 6, 7]), np.array([1, 3])), 3)
    assert [len(split.validation) for split in mixed] == [2, 3, 3]
    assert len(checked_splits(windows, InnerSplit(np.arange(2, 8), np.arange(2)), 9)) == 4, "there are four trials"


@pytest.mark.slow
@pytest.mark.parametrize("choose", ["best", "one_se"])
def test_all_inner_folds_choose_one_number_of_epochs(choose: str) -> None:
    lines: list[dict[str, Any]] = []
    windows = learnable()
    predicted(windows, trainer(lines, choose=choose, epochs=6, patience=1, inner_folds=3))
    phases = [line["phase"] for line in lines]
    assert [phases.count(name) for name in ("search", "search 2", "search 3")] == [7, 7, 7], "patience is not applied"
    splits = inner_folds(
        windows.take(np.concatenate(FITTING)), InnerSplit(np.arange(140), np.arange(140, 190)), 3, (0, 0)
    )
    weights = [split.validation.size for split in splits]
    curve = [
        np.average([kl for at, kl in validation_curve(lines) if at == epoch], weights=weights) for epoch in range(7)
    ]
    best, refitted = int(np.argmin(curve)), phases.count("refit")
    assert refitted == best if choose == "best" else 0 < refitted <= best


def validation_curve(lines: Sequence[dict[str, Any]]) -> list[tuple[int, float]]:
    """Return the epochs of all searches with their validation KL."""
    return [(line["epoch"], line["validation_kl"]) for line in lines if "validation_kl" in line]


@pytest.mark.slow
def test_resume_after_kill_in_any_inner_fold_keeps_predictions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    model, windows = network(epochs=3, inner_folds=3), learnable()

    def run(name: str, observers: Mapping[str, Sequence[Callable[..., None]]] | None = None) -> None:
        job = Job("net", 0, "f", tmp_path / name)
        assert not run_job(lambda: opened(model, observers), FoldJob(job, FOLD, 0), windows, "cpu").error

    run("uninterrupted")
    for moment in (3, 2, 4, 5):
        with pytest.raises(Killed):
            run("killed", killed_after(moment))
    run("killed")
    uninterrupted, killed = (
        np.load(tmp_path / name / "predictions.npz")["D_pred"] for name in ("uninterrupted", "killed")
    )
    assert np.array_equal(uninterrupted, killed)
    lines = [
        [(line["phase"], line.get("epoch")) for line in journal(tmp_path / name)]
        for name in ("uninterrupted", "killed")
    ]
    assert lines[0] == lines[1]
