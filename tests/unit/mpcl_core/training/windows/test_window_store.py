"""The window store: each distinct window once, for as long as it is used."""

import gc
import random

import numpy as np
import torch

from mpcl_core.training.windows.window_store import WindowStore
from support.cohorts import DEVICE
from support.trainers import learnable


def test_each_window_is_stored_once_and_freed_after_its_last_use() -> None:
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
    for added, start in ((second, 60), (third, 160)):
        own = np.arange(start, start + len(added))
        assert torch.equal(added.D.cpu(), torch.from_numpy(windows.D[own]).float())
        assert torch.equal(added.present["gsr"].cpu(), torch.from_numpy(windows.present["gsr"][own]))


def test_masked_windows_keep_their_places_in_the_store() -> None:
    windows, store = learnable(), WindowStore(torch.device(DEVICE))
    added = store.add(windows.take(np.arange(10)))
    masked = added.masked({"eeg": torch.zeros(10, dtype=torch.bool, device=DEVICE)})
    del added
    store.add(windows.take(np.arange(20, 30)))
    assert torch.equal(masked.D.cpu(), torch.from_numpy(windows.D[:10]).float())


def test_freeing_windows_draws_no_random_number() -> None:
    """The garbage collector may run at any time, also while a training draws random numbers."""
    store = WindowStore(torch.device(DEVICE))
    cycle = [store.add(learnable().take(np.arange(20)))]
    cycle.append(cycle)  # type: ignore[arg-type]
    before = random.getstate()
    del cycle
    gc.collect()
    assert len(store) == 0
    assert random.getstate() == before
