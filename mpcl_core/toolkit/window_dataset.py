"""Offer windows as a map-style data set of torch."""

from typing import TypedDict

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.utils.data import Dataset

from mpcl_core.interfaces.data import WindowSet


class Window(TypedDict):
    """Hold one window as tensors; the default collation of torch stacks them.

    Args:
        X: modality name -> (c t), zero where it is absent.
        present: modality name -> whether the window has it.
        D: (k) emotion distribution.
        weight: of the window.
    """

    X: dict[str, Float[Tensor, "_ _"]]
    present: dict[str, Bool[Tensor, ""]]
    D: Float[Tensor, "k"]
    weight: Float[Tensor, ""]


class WindowDataset(Dataset[Window]):
    """Serve the windows of a study to a ``torch.utils.data.DataLoader`` of one's own training loop.

    Args:
        windows: the windows, whose arrays are shared and not copied.

    Example:
        >>> import numpy as np
        >>> from mpcl_core.interfaces.data import Modality
        >>> X, present = {"gsr": np.ones((3, 1, 2), np.float32)}, {"gsr": np.ones(3, bool)}
        >>> windows = WindowSet((Modality("gsr", 1, 2),), X, present, np.full((3, 2), 0.5), ("joy", "fear"))
        >>> batch = next(iter(torch.utils.data.DataLoader(WindowDataset(windows), batch_size=3)))
        >>> batch["X"]["gsr"].shape, batch["D"].shape
        (torch.Size([3, 1, 2]), torch.Size([3, 2]))
    """

    def __init__(self, windows: WindowSet) -> None:
        self.windows = windows

    def __len__(self) -> int:
        return len(self.windows)

    def __getitem__(self, index: int) -> Window:
        windows = self.windows
        return Window(
            X={name: torch.tensor(values[index]) for name, values in windows.X.items()},
            present={name: torch.tensor(bool(mask[index])) for name, mask in windows.present.items()},
            D=torch.tensor(windows.D[index], dtype=torch.float32),
            weight=torch.tensor(float(windows.weight[index])),
        )
