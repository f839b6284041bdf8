"""Train networks of one shape as one stacked network, whose steps are computed in one go (``torch.func.vmap``).

Each network has its own windows, order, optimiser state and learning rate; its parameters and moments are views of the
stacked ones. A network with fewer windows has padding of weight 0 in its last batch; one whose epoch is over, or that
does not learn in this step, stays as it is. The reasons stand in ``docs/concepts/unusual.md``, "Stacked networks".
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import torch
from jaxtyping import Bool
from torch import Tensor, nn
from torch.func import functional_call, vmap

from mpcl_core.interfaces.components import NetworkComponent
from mpcl_core.interfaces.data import Batch
from mpcl_core.training.modality_dropout import drop_modalities
from mpcl_core.training.network import Learner
from mpcl_core.training.optimizer import AdamW, StackedAdamW
from mpcl_core.training.phase import Phase, Validation, divergence
from mpcl_core.training.randomness import RandomState
from mpcl_core.training.stacked_batches import (
    NetworkBags,
    PaddedPositions,
    StackedBatch,
    gather,
    gather_bags,
    padded_batches,
    stack_maps,
)
from mpcl_core.training.windows.device_windows import DeviceWindows

Tensors = dict[str, Tensor]


class StackedNetworks:
    """Train the networks of several phases as one.

    Args:
        phases: the phases, all of one spec, on one device, with their windows in the same tensors.
        names: the parameters that the loss depends on (`parameters_with_gradient`); the others are not changed, just
            as they are not when a network is trained by itself.
    """

    def __init__(self, phases: Sequence[Phase], names: Sequence[str]) -> None:
        self.phases, self.names, first = tuple(phases), tuple(names), phases[0]
        self.settings, self.device, self.learner = first.settings, first.device, first.learner
        self.tensors = first.windows.tensors
        if any(phase.windows.tensors is not self.tensors for phase in phases):
            raise ValueError("the networks of a stack need the windows of one study, mapped alike")
        self.maps = stack_maps([phase.windows.maps for phase in phases])
        self.optimizer = StackedAdamW([_adamw(phase) for phase in phases], [self._trained(phase) for phase in phases])
        fixed = [_other_values(phase.learner, self.names) for phase in phases]
        padded = set(_padded_buffers(self.learner))
        self.others = {
            name: (_stack_padded if name in padded else torch.stack)([own[name] for own in fixed]) for name in fixed[0]
        }
        for member, phase in enumerate(self.phases):
            phase.write_back = partial(self._write_back, member)

    def _trained(self, phase: Phase) -> list[nn.Parameter]:
        return [phase.learner.get_parameter(name) for name in self.names]

    @torch.no_grad()
    def _write_back(self, member: int) -> None:
        """Copy the current buffers and step count of a network into its own learner and optimiser."""
        phase = self.phases[member]
        self.optimizer.write_back(member, _adamw(phase))
        for name, value in _other_values(phase.learner, self.names).items():
            stacked = self.others[name][member]
            value.copy_(stacked[: len(value)] if value.ndim else stacked)

    def train_epoch(self, learning: Sequence[bool]) -> list[dict[str, float]]:
        """Train each network that learns on all its windows once.

        Args:
            learning: for each network, whether it learns.

        Returns:
            For each network name -> mean of the loss over its batches; empty for those that do not learn.
        """
        orders = [
            phase.shuffled_positions() if learns else () for phase, learns in zip(self.phases, learning, strict=True)
        ]
        self.learner.train()
        sums: Tensors = {}
        for number, padded in enumerate(self._epoch_batches(orders)):
            rates = {
                member: self.phases[member].learning_rate((number + 1) / len(order))
                for member, order in enumerate(orders)
                if number < len(order)
            }
            active = torch.tensor([member in rates for member in range(len(orders))], device=self.tensors.device)
            for name, loss in self._step(self._training_batch(padded), rates, active).items():
                sums.setdefault(name, torch.zeros_like(loss)).add_(torch.where(active, loss, 0.0))
        for phase, learns in zip(self.phases, learning, strict=True):
            phase.epochs += learns
        totals = {name: values.tolist() for name, values in sums.items()}
        return [
            {name: values[member] / len(order) for name, values in totals.items()} if order else {}
            for member, order in enumerate(orders)
        ]

    def _epoch_batches(self, orders: Sequence[Sequence[Tensor]]) -> list[PaddedPositions]:
        found = [torch.cat(tuple(order)) if order else None for order in orders]
        if self.phases[0].trials is None:
            found = [
                None if order is None else phase.windows.index[order]
                for phase, order in zip(self.phases, found, strict=True)
            ]
        return padded_batches(found, self.settings.batch_size)

    def _step(self, batch: StackedBatch, rates: Mapping[int, float], active: Bool[Tensor, "M"]) -> Tensors:
        with self.device.autocast():
            losses, z, present = self._call(_Losses, *batch)
        self.optimizer.step(losses["loss"].sum(), rates, self.settings.clip)
        with torch.no_grad():
            updating = self.learner.updating_memories
            updates = self._call(_BufferUpdates, z, present, batch.D, batch.weight) if updating else {}
        for name, value in updates.items():
            changed = active.view(-1, *[1] * (value.ndim - 1))
            self.others[name] = torch.where(changed, value, self.others[name])
        return {name: loss.detach() for name, loss in losses.items()}

    def _call(self, kind: "type[_LearnerCall]", *arguments: Any, members: Sequence[int] | None = None) -> Any:
        """Call the learner of every network at once.

        Args:
            kind: the call.
            arguments: its arguments, with a first axis for the networks.
            members: numbers of the networks; None for all.

        Returns:
            What the call returns, with a first axis for the networks.
        """
        values = dict(zip(self.names, self.optimizer.parameters, strict=True)) | self.others
        weights = {f"learner.{name}": value if members is None else value[members] for name, value in values.items()}
        module = kind(self.learner)
        return vmap(partial(functional_call, module), randomness="different")(weights, arguments)

    def _training_batch(self, padded: PaddedPositions) -> StackedBatch:
        is_pooled = self.phases[0].trials is not None
        batch = self._gather_trials(padded) if is_pooled else gather(self.tensors, padded, self.maps)
        if self.settings.modality_dropout:
            for member, n in enumerate(padded.is_window.sum(1).tolist()):
                self._drop_modalities(batch, member, n)
        return batch

    def _gather_trials(self, padded: PaddedPositions) -> StackedBatch:
        """Average bags of each network's trials, drawn with its own generator, as it would by itself.

        Returns:
            The batch; padding has weight 0.
        """
        drawn = []
        for phase, positions, is_trial in zip(self.phases, *padded, strict=True):
            if phase.trials is None:
                raise TypeError("a stacked network pools the windows of every phase or of none")
            own = positions[is_trial]
            bags = phase.trials.draw(own, phase.generator)
            drawn.append(NetworkBags(bags, phase.windows.index, phase.trials.D[own], phase.trials.weight[own]))
        return gather_bags(self.tensors, drawn, padded.is_window, self.maps)

    def _drop_modalities(self, batch: StackedBatch, member: int, n: int) -> None:
        """Drop modalities of a network's first n windows with its own generator, as it would by itself."""
        if not n:
            return
        present = {name: batch.present[name][member, :n] for name in self.learner.network.encoded}
        rate, generator = self.settings.modality_dropout, self.phases[member].generator
        for name, mask in drop_modalities(present, rate, generator).items():
            batch.present[name][member, :n] = mask

    @torch.no_grad()
    def validate(self, windows: Sequence[DeviceWindows | None]) -> list[Validation | None]:
        """Predict windows of each network, and compute KL(D ‖ D_pred).

        Args:
            windows: for each network the windows to evaluate, or None.

        Returns:
            For each network the divergences and predictions; None where there are no windows.
        """
        members = [member for member, own in enumerate(windows) if own is not None]
        evaluated = [own for own in windows if own is not None]
        found: list[Validation | None] = [None] * len(windows)
        if not members:
            return found
        self.learner.eval()
        tensors, maps = evaluated[0].tensors, stack_maps([own.maps for own in evaluated])
        batches = padded_batches([own.index for own in evaluated], self.settings.batch_size)
        parts = [self._validate_batch(gather(tensors, padded, maps), members) for padded in batches]
        values, D_pred = (torch.cat(part, dim=1).cpu().numpy() for part in zip(*parts, strict=True))
        for place, member in enumerate(members):
            n = len(windows[member] or ())
            found[member] = Validation(values[place, :n], D_pred[place, :n])
        return found

    def _validate_batch(self, batch: StackedBatch, members: Sequence[int]) -> tuple[Tensor, Tensor]:
        with self.device.autocast():
            some = None if len(members) == len(self.phases) else members
            logits = self._call(_Logits, batch.X, batch.present, members=some)
        return divergence(batch.D, logits), logits.double().softmax(-1)


def _adamw(phase: Phase) -> AdamW:
    if not isinstance(phase.optimizer, AdamW):
        raise TypeError("networks with an optimizer of torch are trained one by one")
    return phase.optimizer


class _LearnerCall(nn.Module):
    """Wrap a call of the learner in a module, since ``functional_call`` takes modules only."""

    def __init__(self, learner: Learner) -> None:
        super().__init__()
        self.learner = learner


class _Losses(_LearnerCall):
    def forward(self, X: Tensors, present: Tensors, D: Tensor, weight: Tensor) -> tuple[Tensors, Tensors, Tensors]:
        state, losses = self.learner(Batch(X, present, D, weight))
        streams = state.streams.items()
        return losses, {n: s.z.detach() for n, s in streams}, {n: s.present for n, s in streams}


class _BufferUpdates(_LearnerCall):
    def forward(self, z: Tensors, present: Tensors, D: Tensor, weight: Tensor) -> Tensors:
        updated: Tensors = self.learner.updated_buffers(z, present, D, weight)
        return updated


class _Logits(_LearnerCall):
    def forward(self, X: Tensors, present: Tensors) -> Tensor:
        logits: Tensor = self.learner.network(X, present).logits
        return logits


def parameters_with_gradient(phase: Phase) -> tuple[str, ...]:
    """Find the parameters that the loss of a network depends on, from the gradients of one batch.

    Args:
        phase: the network and its windows; it is not changed.

    Returns:
        The names of the parameters.
    """
    n = min(len(phase.windows), phase.settings.batch_size)
    positions = torch.arange(n, device=phase.windows.tensors.device)
    names = [name for name, parameter in phase.learner.named_parameters() if parameter.requires_grad]
    with RandomState(0), phase.device.autocast():
        _, losses = phase.learner.train()(phase.windows.batch(positions))
    gradients = torch.autograd.grad(
        losses["loss"], [phase.learner.get_parameter(name) for name in names], allow_unused=True
    )
    return tuple(name for name, gradient in zip(names, gradients, strict=True) if gradient is not None)


def _other_values(learner: Learner, names: Sequence[str]) -> Tensors:
    """Collect the buffers, and the parameters that have none of these names.

    Returns:
        Name -> value, not a copy.
    """
    rest = {name: value.data for name, value in learner.named_parameters() if name not in names}
    return rest | dict(learner.named_buffers())


def _padded_buffers(learner: Learner) -> list[str]:
    """List the buffers that may be padded in a stack.

    Returns:
        Their names in the learner.
    """
    modules = [(prefix, part) for prefix, part in learner.named_modules() if isinstance(part, NetworkComponent)]
    return [f"{prefix}.{name}" for prefix, part in modules for name in part.padded_buffers]


def _stack_padded(values: Sequence[Tensor]) -> Tensor:
    """Stack tensors whose first axes may differ.

    Returns:
        The tensors on a new first axis, the shorter ones padded with their last entry.
    """
    longest = max(map(len, values))
    return torch.stack([torch.cat([v, v[-1:].expand(longest - len(v), *v.shape[1:])]) for v in values])
