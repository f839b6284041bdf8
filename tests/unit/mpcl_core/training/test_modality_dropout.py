"""Modalities that go missing at random."""

import numpy as np
import pytest
import torch

from mpcl_core import testing
from mpcl_core.training.device_windows import to_device
from mpcl_core.training.modality_dropout import drop_modalities
from support.trainers import FOLD, learnable, predicted, trainer

N = 20_000
GENERATOR = torch.Generator()


def masks(seed: int, *shares: float) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {f"m{i}": torch.rand(N, generator=generator) < share for i, share in enumerate(shares)}


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.5, 0.9])
def test_how_much_goes_and_that_something_stays(rate: float) -> None:
    """Of M modalities each goes with the rate; where all M would, one stays: rate - rate^M / M go on average."""
    present = masks(0, 1, 1, 1)
    left = torch.stack(list(drop_modalities(present, rate, GENERATOR.manual_seed(1)).values()))
    assert left.any(0).all()
    assert 1 - left.float().mean() == pytest.approx(rate - rate**3 / 3, abs=0.01)
    assert left.float().mean(1).numpy() == pytest.approx([1 - rate + rate**3 / 3] * 3, abs=0.02)


def test_what_is_not_there_never_comes_and_an_empty_row_stays_empty() -> None:
    present = masks(0, 0.5, 0.5)
    left = drop_modalities(present, 0.6, GENERATOR.manual_seed(1))
    before, after = (torch.stack(list(m.values())) for m in (present, left))
    assert not (after & ~before).any()
    assert torch.equal(after.any(0), before.any(0))
    alone = before.sum(0) == 1
    assert torch.equal(after[:, alone], before[:, alone])


def test_what_is_missing_at_a_rate_is_missing_at_a_higher_one() -> None:
    present = masks(0, 1, 1, 1, 1)
    low, high = (drop_modalities(present, rate, GENERATOR.manual_seed(1)) for rate in (0.3, 0.7))
    assert not any((high[name] & ~low[name]).any() for name in present)


def test_masked_rows_are_other_rows() -> None:
    rows = to_device(testing.study(), torch.device("cpu"))
    before = {name: mask.clone() for name, mask in rows.present.items()}
    none = torch.zeros(len(rows), dtype=torch.bool)
    other = rows.masked({"eeg": none})
    assert not other.present["eeg"].any()
    assert torch.equal(other.present["face"], before["face"])
    assert all(torch.equal(mask, before[name]) for name, mask in rows.present.items())


@pytest.mark.slow
def test_a_rate_of_zero_changes_nothing_and_another_does() -> None:
    windows = learnable()
    assert np.array_equal(predicted(windows, trainer()), predicted(windows, trainer(modality_dropout=0.0)))
    dropped = predicted(windows, trainer(modality_dropout=0.5))
    assert not np.array_equal(predicted(windows, trainer()), dropped)
    assert np.array_equal(dropped, predicted(windows, trainer(modality_dropout=0.5)))
    assert not np.array_equal(dropped, predicted(windows, trainer(modality_dropout=0.5, seed=1)))


@pytest.mark.slow
def test_training_with_it_helps_where_the_informative_modality_is_missing() -> None:
    """Two modalities tell the same; without dropout the network leans on the cleaner one."""
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
        rows = np.concatenate([FOLD.train, FOLD.validation])
        fitted = made.fit(windows.take(rows), *np.split(np.arange(len(rows)), [len(FOLD.train)]))
        test = windows.take(FOLD.test)
        seen = fitted.prepare(test)
        D_pred = fitted.predict(seen.masked({"face": seen.present["face"] & False}))
        scores[rate] = float((test.D * np.log(test.D / D_pred)).sum(1).mean())
    assert scores[0.5] < scores[0.0]
