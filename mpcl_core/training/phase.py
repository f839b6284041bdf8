"""One phase of a job's training, search or refit: what was fitted, the learner and its optimiser, and the rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from mpcl_core.interfaces.components import FittedTransform, NetworkComponent
from mpcl_core.interfaces.data import Batch, State, WindowSet
from mpcl_core.spec.block import Block
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.training.device import Device
from mpcl_core.training.device_windows import DeviceWindows
from mpcl_core.training.modality_dropout import without_some
from mpcl_core.training.network import Learner, Network
from mpcl_core.training.optimizer import AdamW
from mpcl_core.training.randomness import RandomState
from mpcl_core.training.schedule import learning_rate
from mpcl_core.training.trained_network import TrainedNetwork


class Phase:
    """A network that is trained on these rows, with a random state of its own.

    Args:
        spec: the network, its objectives and settings.
        transforms: to be fitted on the rows, in order.
        windows: the rows to learn from.
        random: where every draw comes from.
        device: where it computes.
        place: puts rows on the device.
        built: told of the network before its first step.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        transforms: Sequence[Block],
        windows: WindowSet,
        random: RandomState,
        device: Device,
        place: Callable[[WindowSet], DeviceWindows],
        built: Callable[[Network], None],
    ) -> None:
        self.settings, self.device, self.random = spec.train, device, random
        with random:
            self.transforms, windows = fit_transforms(transforms, windows)
            self.rows = place(windows)
            network = Network(spec, windows.modalities, windows.labels, windows.valence)
            self.learner = Learner(network, spec, windows.n_outputs).to(device.place)
            for component in self.learner.modules():
                if isinstance(component, NetworkComponent):
                    component.observe(self.rows.D, self.rows.weight)
            built(network)
            self.generator = torch.Generator().manual_seed(torch.initial_seed())
        self.adamw = AdamW(self.learner.parameters(), self.settings.weight_decay)
        self.epochs = 0
        self.settle: Callable[[], None] = lambda: None

    def epoch(self) -> dict[str, float]:
        """One pass over the rows; the mean of each loss over the steps."""
        self.learner.train()
        sums: dict[str, Tensor] = {}
        order = self.order()
        for step, rows in enumerate(order):
            batch = self.batch(rows)
            with self.device.autocast():
                state, losses = self.learner(batch)
            self.adamw.zero_grad()
            torch.autograd.backward(losses["loss"])
            torch.nn.utils.clip_grad_norm_(self.learner.parameters(), self.settings.clip)
            self.adamw.step(self.rate((step + 1) / len(order)))
            if self.learner.remembering:
                self._update_memories(state, batch)
            for name, loss in losses.items():
                sums[name] = sums.get(name, 0.0) + loss.detach()
        self.epochs += 1
        return {name: float(total) / len(order) for name, total in sums.items()}

    def order(self) -> tuple[Int64[Tensor, "_"], ...]:
        """The rows of each step of the next epoch."""
        return self.rows.shuffled(self.settings.batch_size, self.generator)

    def batch(self, rows: Int64[Tensor, "b"]) -> Batch:
        """These rows, without the modalities that a step is not to see."""
        batch = self.rows.batch(rows)
        if self.settings.modality_dropout:
            mine = {name: batch.present[name] for name in self.learner.network.encoded}
            batch.present |= without_some(mine, self.settings.modality_dropout, self.generator)
        return batch

    def rate(self, share: float) -> float:
        """The learning rate when this share of the epoch is done."""
        return learning_rate(self.settings.schedule, self.settings.lr, (self.epochs + share) / self.settings.epochs)

    def _update_memories(self, state: State, batch: Batch) -> None:
        z = {name: stream.z.detach() for name, stream in state.streams.items()}
        present = {name: stream.present for name, stream in state.streams.items()}
        for buffer, value in self.learner.updated(z, present, batch.D, batch.weight).items():
            self.learner.get_buffer(buffer).copy_(value)

    @torch.no_grad()
    def divergences(self, rows: DeviceWindows) -> Float64[np.ndarray, "N"]:
        """KL(D ‖ D_pred) of each of these rows, in nats."""
        self.learner.eval()
        found = []
        for batch in rows.in_order(self.settings.batch_size):
            with self.device.autocast():
                logits = self.learner.network(batch.X, batch.present).logits
            found.append(divergence(batch.D, logits))
        return torch.cat(found).cpu().numpy()

    def weights(self) -> dict[str, Tensor]:
        """A copy of all parameters and buffers."""
        self.settle()
        return {name: value.clone() for name, value in self.learner.state_dict().items()}

    def restore(self, weights: Mapping[str, Tensor]) -> None:
        """Have the weights of an earlier epoch."""
        self.settle = lambda: None
        self.learner.load_state_dict(weights)

    def fitted(self, epochs: int) -> TrainedNetwork:
        """What is left of the phase, after so many epochs."""
        self.settle()
        return TrainedNetwork(self.learner, self.transforms, self.device, self.settings.batch_size, epochs)

    def state_dict(self) -> dict[str, Any]:
        """Everything that the next epoch depends on, beside the rows."""
        self.settle()
        return {
            "learner": self.learner.state_dict(),
            "adamw": self.adamw.state_dict(),
            "generator": self.generator.get_state(),
            "random": self.random.state_dict(),
            "epochs": self.epochs,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from where another one stood."""
        self.learner.load_state_dict(state["learner"])
        self.adamw.load_state_dict(state["adamw"])
        self.generator.set_state(state["generator"])
        self.random.load_state_dict(state["random"])
        self.epochs = state["epochs"]


def fit_transforms(blocks: Sequence[Block], windows: WindowSet) -> tuple[list[FittedTransform], WindowSet]:
    """Fit each transform on what the ones before it made of the rows; also the rows behind the last."""
    fitted: list[FittedTransform] = []
    for block in blocks:
        transform: FittedTransform = block.build()
        windows = transform.fit_transform(windows)
        fitted.append(transform)
    return fitted, windows


def divergence(D: Float64[Tensor, "*b k"] | Tensor, logits: Tensor) -> Tensor:
    """KL(D ‖ softmax(logits)) in nats, in double precision."""
    return (torch.xlogy(D, D) - D * logits.double().log_softmax(-1)).sum(-1)
