"""Hold a trained network, predict with it and return its weights."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float64, Int64
from safetensors.torch import save
from torch import Tensor

from mpcl_core.data.pooling import pooled
from mpcl_core.interfaces.components import FittedTransform
from mpcl_core.interfaces.data import StreamState, WindowSet
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.training.device import Device
from mpcl_core.training.held_out import HeldOut
from mpcl_core.training.mixture import Mixture
from mpcl_core.training.network import Learner
from mpcl_core.training.transforms import apply_transforms
from mpcl_core.training.windows.device_windows import DeviceWindows, to_device


@dataclass
class TrainedNetwork:
    """Hold a trained network with its objectives and the transforms that were fitted with it.

    Args:
        learner: the network and its objectives.
        transforms: the fitted transforms, in order.
        device: where the network computes.
        batch_size: windows that are predicted at a time.
        epochs: how many epochs it was trained.
        pool: whose windows are averaged before it sees them; None: nobody's.
        held_out: predictions of fitting windows by networks that were trained without their people; None for none.
        mixture: the estimators whose predictions are mixed with those of the network; None for none.
    """

    learner: Learner
    transforms: Sequence[FittedTransform]
    device: Device
    batch_size: int
    epochs: int
    pool: PoolSettings | None = None
    held_out: HeldOut | None = None
    mixture: Mixture | None = None

    def prepare(self, windows: WindowSet) -> DeviceWindows:
        """Apply the fitted transforms, pool windows where the recipe does, and copy the result to the device.

        Args:
            windows: W windows as the protocol handed them out.

        Returns:
            The windows or trials as the network takes them.
        """
        rows, device = pooled(apply_transforms(windows, self.transforms), self.pool), self.device.torch_device
        on_device = to_device(rows.windows, device, self.learner.network.encoded)
        on_device.source_windows = rows.windows if self.mixture else None
        on_device.trial = None if self.pool is None else torch.as_tensor(rows.trial, device=device)
        return on_device

    @torch.no_grad()
    def predict(self, windows: DeviceWindows) -> Float64[np.ndarray, "N k"]:
        """Predict the emotion distribution of each window.

        Args:
            windows: as `prepare` returned them.

        Returns:
            (W, k) D_pred; windows that were pooled have the prediction of their trial.
        """
        self.learner.eval()
        with self.device.autocast():
            logits = [self.learner.network(b.X, b.present).logits for b in windows.batches(self.batch_size)]
        D_pred = torch.cat(logits).double().softmax(-1)
        if self.mixture is not None:
            D_pred = torch.from_numpy(self.mixture.predict(D_pred.cpu().numpy(), _masked_windows(windows))).to(D_pred)
        return (D_pred if windows.trial is None else D_pred[windows.trial]).cpu().numpy()

    @torch.no_grad()
    def read_streams(
        self, windows: DeviceWindows, read: Callable[[StreamState], Tensor | None]
    ) -> dict[str, np.ndarray]:
        """Compute a tensor of each stream for all windows.

        Args:
            windows: as `prepare` returned them.
            read: returns the tensor of a stream, (b …); None where the stream has none.

        Returns:
            Stream -> (N, …) array, for the streams that have the tensor; a row a trial where windows were pooled.
        """
        self.learner.eval()
        found: dict[str, list[np.ndarray]] = {}
        with self.device.autocast():
            for batch in windows.batches(self.batch_size):
                for name, stream in self.learner.network(batch.X, batch.present).streams.items():
                    if (values := read(stream)) is not None:
                        found.setdefault(name, []).append(values.float().cpu().numpy())
        return {name: np.concatenate(parts) for name, parts in found.items()}

    def diagnostics(self, windows: DeviceWindows, positions: Int64[np.ndarray, "V"]) -> dict[str, np.ndarray]:
        """Compute what pictures need of some windows (`Learner.diagnostics`).

        Args:
            windows: as `prepare` returned them.
            positions: (V,) which of them.

        Returns:
            Dotted name -> array.
        """
        self.learner.eval()
        with self.device.autocast():
            chosen = torch.as_tensor(positions, device=self.device.torch_device)
            batch = windows.batch(chosen if windows.trial is None else windows.trial[chosen])
            diagnostics = self.learner.diagnostics(batch)
        return {name: values.detach().float().cpu().numpy() for name, values in diagnostics.items()}

    def weights(self) -> bytes:
        """Return all parameters and buffers of the network.

        Returns:
            The content of a safetensors file.
        """
        return save({name: value.contiguous() for name, value in self.learner.network.state_dict().items()})


def _masked_windows(windows: DeviceWindows) -> WindowSet:
    """Return what was copied to the device, with the presence masks that it has there.

    Returns:
        The windows, or trials.
    """
    rows = windows.source_windows
    assert rows is not None
    present = rows.present | {name: mask.cpu().numpy() for name, mask in windows.present.items()}
    return replace(rows, present=present).with_signals(rows.X)
