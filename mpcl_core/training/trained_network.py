"""A trained network, and what is asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float64, Int64
from safetensors.torch import save

from mpcl_core.interfaces.components import FittedTransform
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.runs.atomic_files import write_whole
from mpcl_core.runs.layout import WEIGHTS
from mpcl_core.training.device import Device
from mpcl_core.training.device_windows import DeviceWindows, placed
from mpcl_core.training.network import Learner


@dataclass
class TrainedNetwork:
    """A trained network with its objectives, the transforms that were fitted with it, and the epochs it took."""

    learner: Learner
    transforms: Sequence[FittedTransform]
    device: Device
    batch_size: int
    epochs: int

    def rows(self, windows: WindowSet) -> DeviceWindows:
        """Rows as the network sees them, of rows that are as the protocol gave them."""
        return placed(transformed(windows, self.transforms), self.device.place)

    @torch.no_grad()
    def predict(self, rows: DeviceWindows) -> Float64[np.ndarray, "N k"]:
        """D_pred of these rows."""
        self.learner.eval()
        with self.device.autocast():
            logits = [self.learner.network(b.X, b.present).logits for b in rows.in_order(self.batch_size)]
        return torch.cat(logits).double().softmax(-1).cpu().numpy()

    def diagnostics(self, rows: DeviceWindows, some: Int64[np.ndarray, "V"]) -> dict[str, np.ndarray]:
        """What pictures need of some of these rows (`Learner.diagnostics`)."""
        self.learner.eval()
        with self.device.autocast():
            diagnostics = self.learner.diagnostics(rows.batch(torch.as_tensor(some, device=self.device.place)))
        return {name: view.detach().float().cpu().numpy() for name, view in diagnostics.items()}

    def save(self, folder: Path) -> None:
        """The final weights, as ``folder/weights.safetensors``."""
        folder.mkdir(exist_ok=True)
        tensors = {name: value.contiguous() for name, value in self.learner.network.state_dict().items()}
        write_whole(folder / WEIGHTS, save(tensors))


def transformed(windows: WindowSet, transforms: Sequence[FittedTransform]) -> WindowSet:
    """The rows behind all fitted transforms."""
    for transform in transforms:
        windows = transform.transform(windows)
    return windows
