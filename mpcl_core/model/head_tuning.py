"""Train the head of a network on a few rated trials of one person, with early stopping."""

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from mpcl_core.data.pooling import number_trials
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.training.phase import divergence
from mpcl_core.training.randomness import deterministic
from mpcl_core.training.trained_network import TrainedNetwork

MOST_EPOCHS = 50
VALIDATION_SHARE = 0.25
LEARNING_RATE = 1e-3
WEIGHT_DECAY = 0.01


def tune_head(trained: TrainedNetwork, windows: WindowSet, offset: Float64[np.ndarray, "k"]) -> int:
    """Train the head in place, for as many epochs as held-out trials choose; 0 leaves it as it is.

    Args:
        trained: the network; only the parameters of its head are changed.
        windows: rated windows of the person.
        offset: (k,) the personal prior, which stays added to the logits.

    Returns:
        The number of epochs.
    """
    trial, first = number_trials(windows)
    n = max(1, round(VALIDATION_SHARE * len(first)))
    held_out = np.random.default_rng(0).permutation(len(first))[:n]
    is_held_out = np.isin(trial, held_out)
    head = trained.learner.network.head
    before = {name: value.clone() for name, value in head.state_dict().items()}
    shift = torch.from_numpy(offset)
    with deterministic(1):
        fitting, validation = windows.take(np.flatnonzero(~is_held_out)), windows.take(np.flatnonzero(is_held_out))
        curve = _train(trained, fitting, shift, MOST_EPOCHS, validation)
        epochs = int(np.argmin(curve))
        head.load_state_dict(before)
        _train(trained, windows, shift, epochs, None)
    return epochs


def _train(
    trained: TrainedNetwork, windows: WindowSet, shift: Tensor, epochs: int, validation: WindowSet | None
) -> list[float]:
    """Train the head on all windows at once, epoch by epoch.

    Returns:
        The KL on the validation windows before the first and after each epoch; empty without any.
    """
    head = trained.learner.network.head
    optimizer = torch.optim.AdamW(head.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    curve = [] if validation is None else [_kl(trained, validation, shift)]
    for _ in range(epochs):
        trained.learner.eval()  # neither dropout nor changing statistics: few windows
        optimizer.zero_grad()
        loss = _mean_kl(trained, windows, shift)
        torch.autograd.backward(loss)
        optimizer.step()
        curve += [] if validation is None else [_kl(trained, validation, shift)]
    optimizer.zero_grad()
    return curve


@torch.no_grad()
def _kl(trained: TrainedNetwork, windows: WindowSet, shift: Tensor) -> float:
    trained.learner.eval()
    return float(_mean_kl(trained, windows, shift))


def _mean_kl(trained: TrainedNetwork, windows: WindowSet, shift: Tensor) -> Tensor:
    prepared = trained.prepare(windows)
    total, weight = torch.zeros((), dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    for batch in prepared.batches(trained.batch_size):
        logits = trained.learner.network(batch.X, batch.present).logits.double() + shift
        total = total + (divergence(batch.D, logits) * batch.weight).sum()
        weight = weight + batch.weight.double().sum()
    mean: Tensor = total / weight
    return mean
