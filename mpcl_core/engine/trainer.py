"""Trains a network on a fold's fitting rows. It is never given a test row.

Two phases. *Search*: the transforms and the network learn from the training rows, and the validation KL chooses
the number of epochs by the rule ``train.choose``; 0 epochs, the start, is among the choices. *Refit*
(``train.refit``): both learn again from training and validation rows together, from the same random state, for that
many epochs. ``choose: last`` needs no search.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from jaxtyping import Float64
from lightning_fabric import Fabric
from lightning_fabric.wrappers import _FabricOptimizer
from safetensors.torch import save_file
from torch import Tensor

from mpcl_core.engine.choice import lowest, one_standard_error, witnesses
from mpcl_core.engine.missing import without_some
from mpcl_core.engine.network import Learner, Network
from mpcl_core.engine.randomness import forked
from mpcl_core.engine.rows import Rows
from mpcl_core.engine.schedule import learning_rate
from mpcl_core.interfaces.blueprint import Block, NetworkBlueprint
from mpcl_core.interfaces.components import FittedTransform, NetworkComponent
from mpcl_core.interfaces.data import Batch, State, WindowSet
from mpcl_core.interfaces.errors import UserError
from mpcl_core.interfaces.settings import Train

EpochEnded = Callable[[int, Mapping[str, int | float | str]], None]
NetworkBuilt = Callable[[Network], None]
PRECISIONS = {"32": "32-true", "bf16": "bf16-mixed"}


class TrainingError(UserError):
    """The loss became NaN or infinite."""


@dataclass
class Fitted:
    """A trained network with its objectives, the transforms that were fitted with it, and the epochs it took."""

    learner: Learner
    transforms: Sequence[FittedTransform]
    fabric: Fabric
    batch_size: int
    epochs: int

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """D_pred of rows that are as the protocol gave them, before the fitted transforms."""
        return self._predict(Rows(transformed(windows, self.transforms), self.fabric.device))

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
        rows = Rows(transformed(windows, self.transforms), self.fabric.device)
        mine = {name: rows.present[name] for name in self.learner.network.encoded}
        for present in masks(mine):
            yield self._predict(rows.masked(present))

    @torch.no_grad()
    def _predict(self, rows: Rows) -> Float64[np.ndarray, "N k"]:
        self.learner.eval()
        with self.fabric.autocast():
            logits = [self.learner.network(b.X, b.present).logits for b in rows.in_order(self.batch_size)]
        return torch.cat(logits).double().softmax(-1).cpu().numpy()

    def views(self, windows: WindowSet) -> dict[str, np.ndarray]:
        """What pictures need of these rows (`Learner.views`)."""
        rows = Rows(transformed(windows, self.transforms), self.fabric.device)
        self.learner.eval()
        with self.fabric.autocast():
            views = self.learner.views(next(rows.in_order(len(rows))))
        return {name: view.detach().float().cpu().numpy() for name, view in views.items()}

    def save(self, folder: Path) -> None:
        """The final weights, as ``folder/weights.safetensors``."""
        folder.mkdir(exist_ok=True)
        tensors = {name: value.contiguous() for name, value in self.learner.network.state_dict().items()}
        save_file(tensors, folder / "weights.safetensors")


class Trainer:
    """One job's training.

    Args:
        blueprint: the network, its objectives and settings.
        transforms: the fitted transforms, in order.
        entropy: what the job's random state is made from.
        device: ``cpu``, ``cuda`` …, as Fabric names accelerators.
        built: told of each network before its first step.
        epoch_ended: told of each epoch.
    """

    def __init__(
        self,
        blueprint: NetworkBlueprint,
        transforms: Sequence[Block],
        entropy: tuple[int, ...],
        device: str,
        built: NetworkBuilt,
        epoch_ended: EpochEnded,
    ) -> None:
        self.blueprint, self.settings = blueprint, blueprint.train
        self.transforms, self.entropy = transforms, entropy
        self.built, self.epoch_ended = built, epoch_ended
        self.fabric = Fabric(accelerator=device, devices=1, precision=PRECISIONS[self.settings.precision])  # type: ignore[arg-type]

    def fit(self, windows: WindowSet, train: np.ndarray, validation: np.ndarray) -> Fitted:
        """The trained network.

        Args:
            windows: the fold's fitting rows.
            train, validation: which of them are which.

        Raises:
            TrainingError: the loss is no longer a number.
        """
        if self.settings.choose == "last":
            with forked(*self.entropy):
                return self._refit(windows, self.settings.epochs)
        with forked(*self.entropy):
            fitted = self._search(windows.take(train), windows.take(validation))
        if not self.settings.refit:
            return fitted
        with forked(*self.entropy):
            return self._refit(windows, fitted.epochs)

    def _search(self, train: WindowSet, validation: WindowSet) -> Fitted:
        run = Phase(self, train)
        held_out = Rows(transformed(validation, run.transforms), self.fabric.device)
        curve, weights = [], []
        best, best_epoch = math.inf, 0
        for epoch in range(self.settings.epochs + 1):
            started = time.perf_counter()
            losses = run.epoch() if epoch else {}
            curve.append(run.divergences(held_out))
            kl = float(np.average(curve[-1], weights=validation.weight))
            self._report("search", (epoch, self.settings.epochs), losses | {"validation_kl": kl}, started)
            weights.append({} if self.settings.refit else run.weights())
            if kl < best:
                best, best_epoch = kl, epoch
            elif epoch - best_epoch >= self.settings.patience:
                break
        chosen = self._chosen(np.stack(curve), validation)
        if not self.settings.refit:
            run.learner.load_state_dict(weights[chosen])
        return run.fitted(chosen)

    def _chosen(self, curve: Float64[np.ndarray, "e N"], validation: WindowSet) -> int:
        if self.settings.choose == "one_se":
            return one_standard_error(curve, validation.weight, witnesses(validation))
        return lowest(curve, validation.weight)

    def _refit(self, windows: WindowSet, epochs: int) -> Fitted:
        run = Phase(self, windows)
        for epoch in range(1, epochs + 1):
            started = time.perf_counter()
            self._report("refit", (epoch, epochs), run.epoch(), started)
        return run.fitted(epochs)

    def _report(self, phase: str, at: tuple[int, int], values: Mapping[str, float], started: float) -> None:
        epoch, of = at
        if bad := [name for name, value in values.items() if not math.isfinite(value)]:
            raise TrainingError(
                f"{phase}, epoch {epoch}: {bad[0]} is {values[bad[0]]}. A lower train.lr "
                f"({self.settings.lr:g} now) or train.clip ({self.settings.clip:g}) often helps."
            )
        self.epoch_ended(epoch, {"of": of, "phase": phase, **values, "seconds": time.perf_counter() - started})


class Phase:
    """The state of one phase: fitted transforms, learner, optimiser, rows."""

    def __init__(self, trainer: Trainer, windows: WindowSet) -> None:
        self.settings: Train = trainer.settings
        self.fabric = trainer.fabric
        self.transforms, windows = fit_transforms(trainer.transforms, windows)
        self.rows = Rows(windows, self.fabric.device)
        network = Network(trainer.blueprint, windows.modalities, windows.labels, windows.valence)
        self.learner = Learner(network, trainer.blueprint, windows.n_outputs).to(self.fabric.device)
        for component in self.learner.modules():
            if isinstance(component, NetworkComponent):
                component.observe(self.rows.D, self.rows.weight)
        trainer.built(network)
        optimizer = torch.optim.AdamW(
            self.learner.parameters(),
            lr=self.settings.lr,
            weight_decay=self.settings.weight_decay,
            fused=True,
        )
        self.optimizer = cast(_FabricOptimizer, self.fabric.setup_optimizers(optimizer))
        self.memories = network.memories
        self.encoded = network.encoded
        self.generator = torch.Generator().manual_seed(torch.initial_seed())
        self.epochs = 0

    def epoch(self) -> dict[str, float]:
        """One pass over the rows; the mean of each loss over the steps."""
        self.learner.train()
        sums: dict[str, Tensor] = {}
        steps, n_steps = 0, math.ceil(len(self.rows) / self.settings.batch_size)
        for batch in self.rows.shuffled(self.settings.batch_size, self.generator):
            if self.settings.modality_dropout:
                batch.present = self._without_some(batch.present)
            with self.fabric.autocast():
                state, losses = self.learner(batch)
            self.optimizer.zero_grad()
            self.fabric.backward(losses["loss"])
            torch.nn.utils.clip_grad_norm_(self.learner.parameters(), self.settings.clip)
            self._set_rate(self.epochs + (steps + 1) / n_steps)
            self.optimizer.step()
            self._update_memories(state, batch)
            for name, loss in losses.items():
                sums[name] = sums.get(name, 0.0) + loss.detach()
            steps += 1
        self.epochs += 1
        return {name: float(total) / steps for name, total in sums.items()}

    def _without_some(self, present: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Masks in which some of the modalities that the network encodes are not there, the others as they are."""
        mine = {name: present[name] for name in self.encoded}
        return {**present, **without_some(mine, self.settings.modality_dropout, self.generator)}

    def _set_rate(self, epoch: float) -> None:
        rate = learning_rate(self.settings.schedule, self.settings.lr, epoch / self.settings.epochs)
        for group in self.optimizer.param_groups:
            group["lr"] = rate

    @torch.no_grad()
    def _update_memories(self, state: State, batch: Batch) -> None:
        for name, memory in self.memories.items():
            stream = state.streams[name]
            new = memory.updated(stream.z.detach(), batch.D, batch.weight * stream.present)
            for buffer, value in new.items():
                memory.get_buffer(buffer).copy_(value)

    @torch.no_grad()
    def divergences(self, rows: Rows) -> Float64[np.ndarray, "N"]:
        """KL(D ‖ D_pred) of each of these rows, in nats."""
        self.learner.eval()
        found = []
        for batch in rows.in_order(self.settings.batch_size):
            with self.fabric.autocast():
                logits = self.learner.network(batch.X, batch.present).logits
            log_prediction = logits.double().log_softmax(-1)
            found.append((torch.xlogy(batch.D, batch.D) - batch.D * log_prediction).sum(-1))
        return torch.cat(found).cpu().numpy()

    def weights(self) -> dict[str, Tensor]:
        """A copy of all parameters and buffers."""
        return {name: value.clone() for name, value in self.learner.state_dict().items()}

    def fitted(self, epochs: int) -> Fitted:
        """What is left of the phase, after so many epochs."""
        return Fitted(self.learner, self.transforms, self.fabric, self.settings.batch_size, epochs)


def fit_transforms(blocks: Sequence[Block], windows: WindowSet) -> tuple[list[FittedTransform], WindowSet]:
    """Fit each transform on what the ones before it made of the rows; also the rows behind the last."""
    fitted: list[FittedTransform] = []
    for block in blocks:
        transform: FittedTransform = block.build()
        fitted.append(transform.fit(windows))
        windows = fitted[-1].transform(windows)
    return fitted, windows


def transformed(windows: WindowSet, transforms: Sequence[FittedTransform]) -> WindowSet:
    """The rows behind all fitted transforms."""
    for transform in transforms:
        windows = transform.transform(windows)
    return windows
