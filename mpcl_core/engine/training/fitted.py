"""A trained network, and what is asked of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float64, Int64
from safetensors.torch import save
from torch import Tensor

from mpcl_core.engine.atomic import write_whole
from mpcl_core.engine.network import Learner
from mpcl_core.engine.training.device import Device
from mpcl_core.engine.training.rows import Rows, Store
from mpcl_core.interfaces.components import FittedTransform
from mpcl_core.interfaces.data import WindowSet


@dataclass
class Fitted:
    """A trained network with its objectives, the transforms that were fitted with it, and the epochs it took."""

    learner: Learner
    transforms: Sequence[FittedTransform]
    device: Device
    batch_size: int
    epochs: int

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """D_pred of rows that are as the protocol gave them, before the fitted transforms."""
        return self._predict(self._rows(windows))

    def predict_without(
        self, windows: WindowSet, masks: Callable[[Mapping[str, Tensor]], Iterable[Mapping[str, Tensor]]]
    ) -> Iterator[Float64[np.ndarray, "N k"]]:
        """D_pred of the same rows again and again, without some of their modalities.

        The fitted transforms see the rows as they are; only the network misses what is masked.

        Args:
            windows: as `predict`.
            masks: is given the presence (N,) of each modality that the network encodes, and answers with other such
                masks, for each of which the rows are predicted. What is not there stays absent.
        """
        rows = self._rows(windows)
        mine = {name: rows.present[name] for name in self.learner.network.encoded}
        for present in masks(mine):
            yield self._predict(rows.masked(present))

    def _rows(self, windows: WindowSet) -> Rows:
        return Store(self.device.place).add(transformed(windows, self.transforms))

    @torch.no_grad()
    def _predict(self, rows: Rows) -> Float64[np.ndarray, "N k"]:
        self.learner.eval()
        with self.device.autocast():
            logits = [self.learner.network(b.X, b.present).logits for b in rows.in_order(self.batch_size)]
        return torch.cat(logits).double().softmax(-1).cpu().numpy()

    def views(self, windows: WindowSet, some: Int64[np.ndarray, "V"]) -> dict[str, np.ndarray]:
        """What pictures need of some of these rows (`Learner.views`), as the network saw them among all."""
        rows = self._rows(windows)
        self.learner.eval()
        with self.device.autocast():
            views = self.learner.views(rows.batch(torch.as_tensor(some, device=self.device.place)))
        return {name: view.detach().float().cpu().numpy() for name, view in views.items()}

    def save(self, folder: Path) -> None:
        """The final weights, as ``folder/weights.safetensors``."""
        folder.mkdir(exist_ok=True)
        tensors = {name: value.contiguous() for name, value in self.learner.network.state_dict().items()}
        write_whole(folder / "weights.safetensors", save(tensors))


def transformed(windows: WindowSet, transforms: Sequence[FittedTransform]) -> WindowSet:
    """The rows behind all fitted transforms."""
    for transform in transforms:
        windows = transform.transform(windows)
    return windows
