"""Modality dropout: the dropped share, what is never dropped, and its effect on training."""

import numpy as np
import pytest
import torch

from mpcl_core.training.modality_dropout import drop_modalities
from support.trainers import FOLD, learnable, predicted, trainer

N = 20_000
GENERATOR = torch.Generator()


def masks(seed: int, *shares: float) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {f"m{i}": torch.rand(N, generator=generator) < share for i, share in enumerate(shares)}


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.5, 0.9])
def test_dropped_share_follows_the_rate_and_one_modality_remains(rate: float) -> None:
    """Of M modalities each is dropped with the rate, but one of M is kept: on average rate - rate^M / M are dropped."""
    present = masks(0, 1, 1, 1)
    left = torch.stack(list(drop_modalities(present, rate, GENERATOR.manual_seed(1)).values()))
    assert left.any(0).all()
    assert 1 - left.float().mean() == pytest.approx(rate - rate**3 / 3, abs=0.01)
    assert left.float().mean(1).numpy() == pytest.approx([1 - rate + rate**3 / 3] * 3, abs=0.02)


def test_absent_modalities_stay_absent_and_a_single_modality_is_never_dropped() -> None:
    present = masks(0, 0.5, 0.5)
    left = drop_modalities(present, 0.6, GENERATOR.manual_seed(1))
    before, after = (torch.stack(list(m.values())) for m in (present, left))
    assert not (after & ~before).any()
    assert torch.equal(after.any(0), before.any(0))
    single = before.sum(0) == 1
    assert torch.equal(after[:, single], before[:, single])


def test_modalities_dropped_at_a_rate_are_dropped_at_a_higher_rate() -> None:
    present = masks(0, 1, 1, 1, 1)
    low, high = (drop_modalities(present, rate, GENERATOR.manual_seed(1)) for rate in (0.3, 0.7))
    assert not any((high[name] & ~low[name]).any() for name in present)


@pytest.mark.slow
def test_rate_of_zero_changes_nothing_and_other_rates_are_reproducible() -> None:
    windows = learnable()
    assert np.array_equal(predicted(windows, trainer()), predicted(windows, trainer(modality_dropout=0.0)))
    dropped = predicted(windows, trainer(modality_dropout=0.5))
    assert not np.array_equal(predicted(windows, trainer()), dropped)
    assert np.array_equal(dropped, predicted(windows, trainer(modality_dropout=0.5)))
    assert not np.array_equal(dropped, predicted(windows, trainer(modality_dropout=0.5, seed=1)))


@pytest.mark.slow
def test_training_with_dropout_helps_where_the_informative_modality_is_absent() -> None:
    """Two modalities hold the same information; without dropout the network uses the less noisy one."""
    windows = learnable()
    rng = np.random.default_rng(0)
    copy = windows.X["face"].reshape(len(windows), -1)
    gsr = windows.X["gsr"]
    wide = np.resize(np.arange(copy.shape[1]), gsr[0].size)
    noisy = copy[:, wide].reshape(gsr.shape) + 0.5 * rng.normal(size=gsr.shape)
    windows.X["gsr"] = np.where(windows.present["gsr"][:, None, None], noisy, 0).astype(np.float32)
    scores = {}
    for rate in (0.0, 0.5):
        made = trainer(modality_dropout=rate, epochs=25, patience=25)
        fitting = np.concatenate([FOLD.train, FOLD.validation])
        trained = made.fit(windows.take(fitting), *np.split(np.arange(len(fitting)), [len(FOLD.train)]))
        test = windows.take(FOLD.test)
        prepared = trained.prepare(test)
        D_pred = trained.predict(prepared.masked({"face": prepared.present["face"] & False}))
        scores[rate] = float((test.D * np.log(test.D / D_pred)).sum(1).mean())
    assert scores[0.5] < scores[0.0]
