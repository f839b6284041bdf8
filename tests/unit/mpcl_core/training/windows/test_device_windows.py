"""Windows on the device: batches, masks and order."""

import pytest
import torch

from mpcl_core import testing
from mpcl_core.training.windows.device_windows import to_device

WINDOWS = testing.study()
CPU = torch.device("cpu")


def test_batches_hold_every_window_once_in_order() -> None:
    batches = list(to_device(WINDOWS, CPU).batches(7))
    assert [len(batch.D) for batch in batches[:-1]] == [7] * (len(batches) - 1)
    assert torch.equal(torch.cat([batch.D for batch in batches]), torch.tensor(WINDOWS.D, dtype=torch.float32))


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_shuffled_positions_hold_every_window_once(size: int) -> None:
    windows = to_device(WINDOWS, CPU)
    parts = windows.shuffled_positions(size, torch.Generator().manual_seed(0))
    assert torch.cat(parts).sort().values.tolist() == list(range(len(windows)))
    assert max(len(part) for part in parts) <= size


def test_masks_mark_modalities_absent_and_leave_the_original_unchanged() -> None:
    windows = to_device(WINDOWS, CPU)
    before = {name: mask.clone() for name, mask in windows.present.items()}
    masked = windows.masked({"eeg": torch.zeros(len(windows), dtype=torch.bool)})
    assert not masked.present["eeg"].any()
    assert not masked.batch(torch.arange(4)).present["eeg"].any()
    assert torch.equal(masked.present["face"], before["face"])
    assert all(torch.equal(mask, before[name]) for name, mask in windows.present.items())
