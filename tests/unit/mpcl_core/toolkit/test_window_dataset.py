"""Windows as a data set of torch."""

import numpy as np
from torch.utils.data import DataLoader

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.toolkit.window_dataset import WindowDataset


def test_windows_are_batched_by_a_loader() -> None:
    values = np.arange(12, dtype=np.float32).reshape(3, 2, 2)
    present = np.array([True, False, True])
    values[1] = 0
    weight = np.array([1.0, 0.5, 1.5])
    D = np.array([[1, 0], [0.5, 0.5], [0, 1]])
    windows = WindowSet((Modality("gsr", 2, 2),), {"gsr": values}, {"gsr": present}, D, ("joy", "fear"), weight=weight)
    dataset = WindowDataset(windows)
    assert len(dataset) == 3
    batch = next(iter(DataLoader(dataset, batch_size=3)))
    np.testing.assert_array_equal(batch["X"]["gsr"], values)
    assert batch["present"]["gsr"].tolist() == present.tolist()
    np.testing.assert_allclose(batch["D"], D)
    assert batch["weight"].tolist() == weight.tolist()
