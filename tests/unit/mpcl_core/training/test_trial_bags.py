"""Bags of a trial's windows: what is drawn, what is averaged, and training on trials alone and stacked."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from mpcl_core.data.pooling import pool_windows
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.training.stacked import StackedNetworks, parameters_with_gradient
from mpcl_core.training.trainer import Trainer
from mpcl_core.training.trial_bags import TrialBags
from mpcl_core.training.windows.device_windows import to_device
from mpcl_core.training.windows.window_store import WindowStore
from mpcl_plugins.transforms.zscore import ZScore
from support.cohorts import complete, folds
from support.specs import block, network
from support.trainers import FOLD, learnable

CPU = torch.device("cpu")
HALF = PoolSettings(unit="trial", keep=0.5)


@pytest.fixture
def double() -> Iterator[None]:
    """Compute in double precision."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def tables(windows: WindowSet) -> WindowSet:
    return replace(windows, modalities=tuple(replace(each, sfreq=None) for each in windows.modalities))


def trainer(pool: PoolSettings | None = HALF, number: int = 0, store: WindowStore | None = None, **changes: object):  # type: ignore[no-untyped-def]  # noqa: ANN201
    spec = network(**changes) if store is None else complete(**changes)  # type: ignore[arg-type]
    return Trainer(spec, [block(ZScore)], (0, number), "cpu", store=store, pool=pool)


def test_a_bag_of_all_windows_is_the_trial() -> None:
    windows = tables(learnable())
    rows, bags = pool_windows(windows).windows, TrialBags(windows, 1.0, CPU)
    assert len(bags) == len(rows)
    batch = bags.batch(to_device(windows, CPU), torch.arange(len(bags)), torch.Generator().manual_seed(0))
    for name, values in rows.X.items():
        assert batch.X[name].numpy() == pytest.approx(values, abs=1e-5)
        assert batch.present[name].tolist() == rows.present[name].tolist()
    assert batch.D.numpy() == pytest.approx(rows.D, abs=1e-6)
    assert batch.weight.numpy() == pytest.approx(rows.weight, abs=1e-6)


@pytest.mark.parametrize("keep", [0.01, 0.3, 0.5])
def test_a_share_of_each_trial_is_drawn_anew_each_time(keep: float) -> None:
    windows, generator = tables(learnable()), torch.Generator().manual_seed(0)
    trial, bags = pool_windows(windows).trial, TrialBags(windows, keep, CPU)
    first, second = (bags.draw(torch.arange(len(bags)), generator) for _ in range(2))
    expected = np.maximum(np.round(keep * np.bincount(trial).astype(np.float32)), 1)
    for drawn in (first, second):
        assert drawn.is_drawn.sum(1).tolist() == expected.tolist()
        for row, (own, is_drawn) in enumerate(zip(drawn.windows, drawn.is_drawn, strict=True)):
            chosen = own[is_drawn].tolist()
            assert len(set(chosen)) == len(chosen)
            assert set(trial[chosen]) == {row}
    assert not torch.equal(first.is_drawn, second.is_drawn)


def test_predictions_of_a_pooled_network_are_those_of_its_trials() -> None:
    windows = tables(learnable())
    fitting = np.concatenate([FOLD.train, FOLD.validation])
    sides = np.split(np.arange(len(fitting)), [len(FOLD.train)])
    trained = trainer().fit(windows.take(fitting), *sides)
    test = windows.take(FOLD.test)
    D_pred, trial = trained.predict(trained.prepare(test)), pool_windows(test).trial
    assert D_pred.shape == test.D.shape
    for row in np.unique(trial):
        assert np.unique(D_pred[trial == row], axis=0).shape[0] == 1
    assert len(np.unique(D_pred, axis=0)) > 1
    found = trained.diagnostics(trained.prepare(test), np.arange(5))
    assert all(len(values) == 5 for name, values in found.items() if name.endswith("weights"))


@pytest.mark.slow
@pytest.mark.usefixtures("double")
def test_stacked_steps_on_trials_equal_single_steps() -> None:
    windows, changes = tables(learnable()), {"modality_dropout": 0.3, "batch_size": 4, "epochs": 5}
    single, stacked = (
        [trainer(HALF, number, store, **changes).phase(windows.take(fold.train)) for number, fold in enumerate(folds())]
        for store in (WindowStore(CPU), WindowStore(CPU))
    )
    stack = StackedNetworks(stacked, parameters_with_gradient(stacked[0]))
    for _ in range(3):
        for phase, losses in zip(single, stack.train_epoch([True] * 3), strict=True):
            assert losses == pytest.approx(phase.train_epoch(), abs=1e-7)
    for phase, other in zip(single, stacked, strict=True):
        for name, value in phase.weights().items():
            assert torch.allclose(value.double(), other.weights()[name].double(), atol=1e-7), name
