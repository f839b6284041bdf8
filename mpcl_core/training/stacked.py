"""Networks of one shape as one: their weights stacked, their steps taken together (``torch.func.vmap``).

Each member has its own rows, order, optimiser state and learning rate. A member with fewer rows has padding (weight 0)
in its last batch; one whose epoch is over, or that does not learn, sits out, and stays as it is.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int64
from torch import Tensor, nn
from torch.func import functional_call, vmap

from mpcl_core.interfaces.data import Batch
from mpcl_core.training.device_windows import DeviceWindows
from mpcl_core.training.modality_dropout import without_some
from mpcl_core.training.network import Learner
from mpcl_core.training.optimizer import StackedAdamW
from mpcl_core.training.phase import Phase, divergence
from mpcl_core.training.randomness import RandomState

Tensors = dict[str, Tensor]


class Batches(NamedTuple):
    """A batch of each member, as a `Batch` of one: X (M b c t), present (M b), D (M b k), weight (M b)."""

    X: Tensors
    present: Tensors
    D: Float[Tensor, "M b k"]
    weight: Float[Tensor, "M b"]


class StackedNetworks:
    """The phases of several jobs, trained together.

    Args:
        phases: the members, all of one spec, on one device, with their rows in one store.
        names: the parameters that a loss depends on (`used`); the others stay as they are, as they do alone.
    """

    def __init__(self, phases: Sequence[Phase], names: Sequence[str]) -> None:
        self.phases, self.names, first = tuple(phases), tuple(names), phases[0]
        self.settings, self.device, self.learner = first.settings, first.device, first.learner
        self.held = first.rows.held
        self.adamw = StackedAdamW([phase.adamw for phase in phases], [self._own(phase) for phase in phases])
        others = [_others(phase.learner, self.names) for phase in phases]
        self.others = {name: torch.stack([own[name] for own in others]) for name in others[0]}
        for member, phase in enumerate(self.phases):
            phase.settle = partial(self._settle, member)

    def _own(self, phase: Phase) -> list[nn.Parameter]:
        return [phase.learner.get_parameter(name) for name in self.names]

    @torch.no_grad()
    def _settle(self, member: int) -> None:
        """Give a member's own learner and optimiser what they are now."""
        phase = self.phases[member]
        self.adamw.settle(member, phase.adamw)
        for name, value in _others(phase.learner, self.names).items():
            value.copy_(self.others[name][member])

    def epoch(self, learning: Sequence[bool]) -> list[dict[str, float]]:
        """One pass of each member that learns over its rows; the mean of each of its losses, nothing for the others."""
        orders = [phase.order() if learn else () for phase, learn in zip(self.phases, learning, strict=True)]
        self.learner.train()
        sums: Tensors = {}
        for step, (slots, there) in enumerate(self._steps(orders)):
            rates = {
                member: self.phases[member].rate((step + 1) / len(order))
                for member, order in enumerate(orders)
                if step < len(order)
            }
            active = torch.tensor([member in rates for member in range(len(orders))], device=self.held.device)
            for name, loss in self._step(self._batch(slots, there), rates, active).items():
                sums[name] = sums.get(name, 0.0) + torch.where(active, loss, 0.0)
        for phase, learn in zip(self.phases, learning, strict=True):
            phase.epochs += learn
        totals = {name: values.tolist() for name, values in sums.items()}
        return [
            {name: values[member] / len(order) for name, values in totals.items()} if order else {}
            for member, order in enumerate(orders)
        ]

    def _step(self, batch: Batches, rates: Mapping[int, float], active: Bool[Tensor, "M"]) -> Tensors:
        with self.device.autocast():
            losses, z, there = self._over(_Losses, *batch)
        (gradient,) = torch.autograd.grad(losses["loss"].sum(), self.adamw.values)
        self.adamw.step(_clipped(gradient, self.settings.clip), rates)
        with torch.no_grad():
            new = self._over(_Updates, z, there, batch.D, batch.weight) if self.learner.remembering else {}
        for name, value in new.items():
            changed = active.view(-1, *[1] * (value.ndim - 1))
            self.others[name] = torch.where(changed, value, self.others[name])
        return {name: loss.detach() for name, loss in losses.items()}

    def _over(self, part: "type[_Part]", *given: Any, members: Sequence[int] | None = None) -> Any:
        """Ask the same of every member's learner, or of those members'."""
        named = dict(zip(self.names, self.adamw.parameter_views(), strict=True)) | self.others
        weights = {f"learner.{name}": value if members is None else value[members] for name, value in named.items()}
        module = part(self.learner)
        return vmap(partial(functional_call, module), randomness="different")(weights, given)

    def _steps(self, orders: Sequence[Sequence[Int64[Tensor, "_"]]]) -> list[tuple[Tensor, Tensor]]:
        """Which rows each member learns from in each step, and which of them are no padding (`_padded`)."""
        found = [
            phase.rows.index[torch.cat(tuple(order))] if order else None
            for phase, order in zip(self.phases, orders, strict=True)
        ]
        return self._parts(found)

    def _parts(self, rows: Sequence[Int64[Tensor, "_"] | None]) -> list[tuple[Tensor, Tensor]]:
        size = self.settings.batch_size
        return list(zip(*(torch.split(each, size, 1) for each in _padded(rows)), strict=True))

    def _batch(self, slots: Int64[Tensor, "M b"], there: Bool[Tensor, "M b"]) -> Batches:
        """The members' batches, padded to the longest; nothing but padding where a member has none."""
        batch = self._rows(slots, there)
        if self.settings.modality_dropout:
            for member, own in enumerate(there.sum(1).tolist()):
                self._drop(batch, member, own)
        return batch

    def _drop(self, batch: Batches, member: int, n: int) -> None:
        """Take modalities away from a member's first n rows, as it would alone."""
        if not n:
            return
        mine = {name: batch.present[name][member, :n] for name in self.learner.network.encoded}
        rate, generator = self.settings.modality_dropout, self.phases[member].generator
        for name, mask in without_some(mine, rate, generator).items():
            batch.present[name][member, :n] = mask

    def _rows(self, slots: Int64[Tensor, "M b"], there: Bool[Tensor, "M b"]) -> Batches:
        def taken(values: Tensor) -> Tensor:
            return values.index_select(0, slots.flatten()).view(*slots.shape, *values.shape[1:])

        return Batches(
            {name: taken(values) for name, values in self.held.X.items()},
            {name: taken(mask) for name, mask in self.held.present.items()},
            taken(self.held.labels["D"]),
            taken(self.held.labels["weight"]) * there,
        )

    @torch.no_grad()
    def divergences(self, held_out: Sequence[DeviceWindows | None]) -> list[Float64[np.ndarray, "_"]]:
        """KL(D ‖ D_pred) of each member's rows, in nats; nothing where it has none."""
        members = [member for member, rows in enumerate(held_out) if rows is not None]
        found = [np.zeros(0)] * len(held_out)
        if not members:
            return found
        self.learner.eval()
        parts = self._parts([rows.index for rows in held_out if rows is not None])
        values = torch.cat([self._looked_at(self._rows(*part), members) for part in parts], dim=1).cpu().numpy()
        for place, member in enumerate(members):
            found[member] = values[place, : len(held_out[member] or ())]
        return found

    def _looked_at(self, batch: Batches, members: Sequence[int]) -> Float[Tensor, "M b"]:
        with self.device.autocast():
            some = None if len(members) == len(self.phases) else members
            logits = self._over(_Logits, batch.X, batch.present, members=some)
        return divergence(batch.D, logits)


class _Part(nn.Module):
    """What is asked of a learner, as a module, since only a module's weights can be swapped."""

    def __init__(self, learner: Learner) -> None:
        super().__init__()
        self.learner = learner


class _Losses(_Part):
    def forward(self, X: Tensors, present: Tensors, D: Tensor, weight: Tensor) -> tuple[Tensors, Tensors, Tensors]:
        state, losses = self.learner(Batch(X, present, D, weight))
        streams = state.streams.items()
        return losses, {n: s.z.detach() for n, s in streams}, {n: s.present for n, s in streams}


class _Updates(_Part):
    def forward(self, z: Tensors, there: Tensors, D: Tensor, weight: Tensor) -> Tensors:
        updated: Tensors = self.learner.updated(z, there, D, weight)
        return updated


class _Logits(_Part):
    def forward(self, X: Tensors, present: Tensors) -> Tensor:
        logits: Tensor = self.learner.network(X, present).logits
        return logits


def used(phase: Phase) -> tuple[str, ...]:
    """The parameters that the loss of a member depends on."""
    rows = torch.arange(min(len(phase.rows), phase.settings.batch_size), device=phase.rows.held.device)
    names = [name for name, parameter in phase.learner.named_parameters() if parameter.requires_grad]
    with RandomState(0), phase.device.autocast():
        _, losses = phase.learner.train()(phase.rows.batch(rows))
    gradients = torch.autograd.grad(
        losses["loss"], [phase.learner.get_parameter(name) for name in names], allow_unused=True
    )
    return tuple(name for name, gradient in zip(names, gradients, strict=True) if gradient is not None)


def _others(learner: Learner, names: Sequence[str]) -> Tensors:
    """The buffers, and the parameters that have none of these names."""
    rest = {name: value.data for name, value in learner.named_parameters() if name not in names}
    return rest | dict(learner.named_buffers())


def _clipped(gradient: Float[Tensor, "M P"], most: float) -> Float[Tensor, "M P"]:
    norm: Tensor = torch.linalg.vector_norm(gradient, dim=1, keepdim=True)
    return gradient * (most / (norm + 1e-6)).clamp(max=1.0)


def _padded(parts: Sequence[Int64[Tensor, "_"] | None]) -> tuple[Int64[Tensor, "M b"], Bool[Tensor, "M b"]]:
    """The slots of each member, filled up with one that holds a row, and which of them are no padding."""
    given = [part for part in parts if part is not None]
    size = max(len(part) for part in given)
    slots = given[0][:1].repeat(len(parts), size)
    there = torch.zeros_like(slots, dtype=torch.bool)
    for member, part in enumerate(parts):
        if part is not None:
            slots[member, : len(part)] = part
            there[member, : len(part)] = True
    return slots, there
