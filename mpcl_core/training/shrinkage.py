"""logits ← log D̄ + s (logits − log D̄): shrink what a trained network predicts towards the training mean.

    s = argmin Σ_i w_i KL(D_i ‖ softmax(log D̄ + s (log D_pred_i − log D̄)))     s in {0, 0.1, …, 1}

over people whom networks did not learn from (``train.shrink``). A network that learns from few people finds about the
direction that a ridge regression finds, but goes too far in it: the number of steps and the weight decay are fixed
beforehand, where the ridge chooses its penalty on people left out. s is chosen in that manner.
"""

from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float64

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.training.held_out import HeldOut
from mpcl_core.training.trained_network import TrainedNetwork

SCALES = tuple(step / 10 for step in range(11))
"""Values of s among which the held-out people choose; 0 is the training mean."""


def shrunk(trained: TrainedNetwork, fitting: WindowSet) -> TrainedNetwork:
    """Shrink a trained network as far as its held-out people advise.

    Args:
        trained: the network, built with ``train.shrink``; changed in place where people were held out.
        fitting: the fitting windows.

    Returns:
        The network, with its held-out predictions shrunk alike.
    """
    held_out, network = trained.held_out, trained.learner.network
    if held_out is None:
        return trained
    centre = np.log((fitting.weight @ fitting.D / fitting.weight.sum()).clip(1e-6))
    own = fitting.take(held_out.positions)
    scale = choose_scale(own.D, held_out.D_pred, own.weight, centre)
    network.set_shrinkage(scale, torch.from_numpy(centre))
    return replace(trained, held_out=HeldOut(held_out.positions, scaled(held_out.D_pred, scale, centre)))


def choose_scale(
    D: Float64[np.ndarray, "V k"],
    D_pred: Float64[np.ndarray, "V k"],
    weight: Float64[np.ndarray, "V"],
    centre: Float64[np.ndarray, "k"],
) -> float:
    """Choose the scale with the lowest weighted KL.

    Args:
        D: distributions of held-out windows.
        D_pred: their predictions.
        weight: what each of them counts.
        centre: log D̄.

    Returns:
        One of `SCALES`; the smallest of equally good ones.
    """
    losses = [-weight @ (D * np.log(scaled(D_pred, scale, centre))).sum(1) for scale in SCALES]
    return SCALES[int(np.argmin(losses))]


def scaled(
    D_pred: Float64[np.ndarray, "V k"], scale: float, centre: Float64[np.ndarray, "k"]
) -> Float64[np.ndarray, "V k"]:
    """Return predictions whose deviation from a centre is scaled.

    Args:
        D_pred: the predictions.
        scale: s.
        centre: log D̄.

    Returns:
        (V, k) distributions.
    """
    logits = centre + scale * (np.log(D_pred.clip(1e-12)) - centre)
    raised = np.exp(logits - logits.max(1, keepdims=True))
    found: Float64[np.ndarray, "V k"] = raised / raised.sum(1, keepdims=True)
    return found
