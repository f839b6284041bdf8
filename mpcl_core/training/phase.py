"""Hold one phase of a training, search or refit: fitted transforms, network, optimiser and windows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from mpcl_core.data.pooling import pooled
from mpcl_core.interfaces.components import NetworkComponent
from mpcl_core.interfaces.data import Batch, State, WindowSet
from mpcl_core.spec.block import Block
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.toolkit.name_codes import number_names
from mpcl_core.training.device import Device
from mpcl_core.training.initial_weights import InitialWeights
from mpcl_core.training.modality_dropout import drop_modalities
from mpcl_core.training.network import Learner, Network
from mpcl_core.training.optimizer import build_optimizer
from mpcl_core.training.randomness import RandomState
from mpcl_core.training.schedule import learning_rate
from mpcl_core.training.trained_network import TrainedNetwork
from mpcl_core.training.transforms import apply_transforms
from mpcl_core.training.trial_bags import TrialBags
from mpcl_core.training.windows.device_windows import DeviceWindows, with_modalities
from mpcl_core.training.windows.study_windows import FittingWindows


class Validation(NamedTuple):
    """Hold the divergences and the predictions of N windows."""

    divergences: Float64[np.ndarray, "N"]
    D_pred: Float64[np.ndarray, "N k"]


class EvaluatedWindows(NamedTuple):
    """Hold windows on the device that a network is evaluated on.

    Args:
        rows: the windows or trials.
        trial: (N,) the row of each window; a slice of all where each window is a row.
    """

    rows: DeviceWindows
    trial: Int64[np.ndarray, "N"] | slice


class Phase:
    """Train a network on windows, with a random state of its own.

    In a cohort the parameters and moments are views of those of the stacked network; `write_back` copies the buffers
    into this phase, and is called wherever the weights are read.

    Args:
        spec: the network, its objectives and settings.
        transforms: the transforms to fit on the windows, in order.
        windows: the windows to learn from.
        random: the source of every random draw.
        device: where the network computes.
        to_device: copies windows to the device.
        on_network_built: called with the network before its first step.
        pool: whose windows a step averages; None: each window is learnt by itself.
        initial: the weights of a stored model to start from; None for random weights.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        transforms: Sequence[Block],
        windows: FittingWindows,
        random: RandomState,
        device: Device,
        to_device: Callable[[WindowSet], DeviceWindows],
        on_network_built: Callable[[Network], None],
        pool: PoolSettings | None = None,
        initial: InitialWeights | None = None,
    ) -> None:
        self.settings, self.device, self.random, self.pool = spec.train, device, random, pool
        with random:
            fitted, study = windows.fit(transforms), windows.study.columns
            self.transforms = fitted.transforms
            network = Network(spec, fitted.modalities, study.labels, study.valence)
            self.to_device, self.maps, self.is_mapped = to_device, fitted.maps, fitted.windows is None
            self.other_maps = fitted.other_maps
            self.windows = (
                windows.on_device(network.encoded, fitted.maps)
                if fitted.windows is None
                else to_device(with_modalities(fitted.windows, network.encoded))
            )
            columns = replace(windows.columns(), modalities=fitted.modalities) if pool else study
            self.trials = TrialBags(columns, pool.keep, device.torch_device) if pool else None
            self.learner = Learner(network, spec, study.n_outputs).to(device.torch_device)
            D, weight = self.windows.D, self.windows.weight
            for component in self.learner.modules():
                if isinstance(component, NetworkComponent):
                    component.observe(D, weight)
                    if type(component).observe_situations is not NetworkComponent.observe_situations:
                        component.observe_situations(D, _situations(windows.columns(), device.torch_device))
            if initial is not None:
                initial.check_data(study.modalities, study.labels)
                initial.load_into(self.learner)
            on_network_built(network)
            self.generator = torch.Generator().manual_seed(torch.initial_seed())
        self.optimizer = build_optimizer(self.learner.parameters(), self.settings)
        self.epochs = 0
        self.write_back: Callable[[], None] = lambda: None

    def train_epoch(self) -> dict[str, float]:
        """Train the network on every window once; with ``pool``, on one bag of every trial.

        Returns:
            Name -> mean of the loss over the batches; ``loss`` is the weighted sum of the objectives.
        """
        self.learner.train()
        found: list[Tensor] = []
        names: tuple[str, ...] = ()
        batches = self.shuffled_positions()
        for number, positions in enumerate(batches):
            batch = self.batch(positions)
            with self.device.autocast():
                state, losses = self.learner(batch)
            self._learn(losses["loss"], number, len(batches))
            if self.learner.updating_memories:
                self._update_memories(state, batch)
            names = tuple(losses)
            found.append(torch.stack(list(losses.values())).detach())
        self.epochs += 1
        return dict(zip(names, torch.stack(found).mean(0).tolist(), strict=True))

    def _learn(self, loss: Tensor, number: int, n_batches: int) -> None:
        """Add the gradient of a batch to that of its step, and take the step after its last batch."""
        size = self.settings.accumulate
        place, last = number % size, min(number - number % size + size, n_batches) - 1
        if place == 0:
            self.optimizer.zero_grad()
        torch.autograd.backward(loss if size == 1 else loss / (last - number + place + 1))
        if number == last:
            self.optimizer.step(self.learning_rate((number + 1) / n_batches), self.settings.clip)

    def shuffled_positions(self) -> tuple[Int64[Tensor, "_"], ...]:
        """Draw the batches of the next epoch.

        Returns:
            The positions of the windows of each batch; with ``pool``, of the trials.
        """
        return (self.trials or self.windows).shuffled_positions(self.settings.batch_size, self.generator)

    def batch(self, positions: Int64[Tensor, "b"]) -> Batch:
        """Gather windows or trials for a training step, and apply ``train.modality_dropout``.

        Args:
            positions: (b,) positions among the phase's windows; with ``pool``, among its trials.

        Returns:
            The batch.
        """
        if self.trials:
            batch = self.trials.batch(self.windows, positions, self.generator)
        else:
            batch = self.windows.batch(positions)
        return self.with_dropped_modalities(batch)

    def with_dropped_modalities(self, batch: Batch) -> Batch:
        """Mark modalities of a training batch absent at random (``train.modality_dropout``).

        Args:
            batch: the batch; its masks are replaced.

        Returns:
            The batch itself.
        """
        if self.settings.modality_dropout:
            present = {name: batch.present[name] for name in self.learner.network.encoded}
            batch.present |= drop_modalities(present, self.settings.modality_dropout, self.generator)
        return batch

    def learning_rate(self, done: float) -> float:
        """Return the learning rate within the current epoch.

        Args:
            done: the share of the epoch that is done, 0–1.

        Returns:
            The rate of ``train.schedule``.
        """
        settings, epochs = self.settings, self.epochs + done
        return learning_rate(settings.schedule, settings.lr, epochs / settings.epochs, settings.warm_up)

    def _update_memories(self, state: State, batch: Batch) -> None:
        z = {name: stream.z.detach() for name, stream in state.streams.items()}
        present = {name: stream.present for name, stream in state.streams.items()}
        for buffer, value in self.learner.updated_buffers(z, present, batch.D, batch.weight).items():
            self.learner.get_buffer(buffer).copy_(value)

    def evaluated(self, windows: FittingWindows) -> "EvaluatedWindows":
        """Apply the fitted transforms to windows that validate the network, and copy them to the device.

        Args:
            windows: N windows of the fitting side.

        Returns:
            The windows, or the trials that they are pooled to.
        """
        names = self.learner.network.encoded
        if self.is_mapped and self.pool is None:
            maps = self.other_maps(windows.positions) if self.other_maps else self.maps
            return EvaluatedWindows(windows.on_device(names, maps), slice(None))
        rows = pooled(apply_transforms(windows.windows(), self.transforms), self.pool)
        return EvaluatedWindows(self.to_device(with_modalities(rows.windows, names)), rows.trial)

    @torch.no_grad()
    def validate(self, windows: DeviceWindows) -> Validation:
        """Predict each window, and compute KL(D ‖ D_pred).

        Args:
            windows: windows behind the phase's transforms.

        Returns:
            (N,) divergences in nats, and (N, k) predictions.
        """
        self.learner.eval()
        values, predictions = [], []
        for batch in windows.batches(self.settings.batch_size):
            with self.device.autocast():
                logits = self.learner.network(batch.X, batch.present).logits
            values.append(divergence(batch.D, logits))
            predictions.append(logits.double().softmax(-1))
        return Validation(torch.cat(values).cpu().numpy(), torch.cat(predictions).cpu().numpy())

    def weights(self) -> dict[str, Tensor]:
        """Copy all parameters and buffers.

        Returns:
            Name -> copy.
        """
        self.write_back()
        return {name: value.clone() for name, value in self.learner.state_dict().items()}

    def restore(self, weights: Mapping[str, Tensor]) -> None:
        """Replace the weights by those of an earlier epoch; the phase leaves its cohort.

        Args:
            weights: as `weights` returned them.
        """
        self.write_back = lambda: None
        self.learner.load_state_dict(weights)

    def trained_network(self, epochs: int) -> TrainedNetwork:
        """Return the network with the current weights.

        Args:
            epochs: how many epochs it was trained, or, after a search, shall be.

        Returns:
            The network and its fitted transforms.
        """
        self.write_back()
        batch_size = self.settings.batch_size
        return TrainedNetwork(self.learner, self.transforms, self.device, batch_size, epochs, self.pool)

    def state_dict(self) -> dict[str, Any]:
        """Return everything that the next epoch depends on, except the windows.

        Returns:
            The state of network, optimiser and random draws, and the number of epochs. Tensors are copies: a file of
            views would hold the whole cohort.
        """
        return {
            "learner": self.weights(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            "random": self.random.state_dict(),
            "epochs": self.epochs,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Load the state of another phase, and continue from it.

        Args:
            state: as `state_dict` returned it.
        """
        self.learner.load_state_dict(state["learner"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"])
        self.random.load_state_dict(state["random"])
        self.epochs = int(state["epochs"])


def _situations(windows: WindowSet, device: torch.device) -> dict[str, Int64[Tensor, "n"]]:
    """Return the number of the situation of each training window.

    Returns:
        ``condition`` and ``stimulus``, where every window names it -> the number of each window's.
    """
    columns = {"condition": windows.condition, "stimulus": windows.stimulus}
    return {
        name: torch.from_numpy(number_names(values)[1]).to(device)
        for name, values in columns.items()
        if (values != "").all()
    }


def divergence(D: Float64[Tensor, "*b k"] | Tensor, logits: Tensor) -> Tensor:
    """Compute KL(D ‖ softmax(logits)) in double precision.

    Args:
        D: (… k) distributions.
        logits: (… k).

    Returns:
        (…) in nats.
    """
    return (torch.xlogy(D, D) - D * logits.double().log_softmax(-1)).sum(-1)
