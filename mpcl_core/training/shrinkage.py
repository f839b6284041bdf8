"""logits ← log D̄ + s (logits − log D̄): shrink what a trained network predicts towards the training mean.

    s = argmin Σ_i w_i KL(D_i ‖ softmax(log D̄ + s (log D_pred_i − log D̄)))     s in {0, 0.1, …, 1}

over people whom networks did not learn from (``train.shrink``). A network that learns from few people finds about the
direction that a ridge regression finds, but goes too far in it: the number of steps and the weight decay are fixed
beforehand, where the ridge chooses its penalty on people left out. s is chosen in that manner.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float64

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.training.held_out import HeldOut
from mpcl_core.training.inner_folds import InnerSplit
from mpcl_core.training.trained_network import TrainedNetwork

SCALES = tuple(step / 10 for step in range(11))
"""Values of s among which the held-out people choose; 0 is the training mean."""


def shrunk(trained: TrainedNetwork, fitting: WindowSet, splits: Sequence[InnerSplit]) -> TrainedNetwork:
    """Shrink a trained network as far as its held-out people advise.

    Held-out people are no part of the mean that their predictions are shrunk to, just as a tested person is not.

    Args:
        trained: the network, built with ``train.shrink``; changed in place where people were held out.
        fitting: the fitting windows.
        splits: the sides whose people were held out in turn.

    Returns:
        The network, with its held-out predictions shrunk alike.
    """
    if trained.held_out is None:
        return trained
    positions, D_pred = trained.held_out.positions, trained.held_out.D_pred
    centres = np.zeros_like(fitting.D)
    for split in splits:
        centres[split.validation] = log_mean(fitting.take(split.train))
    own, centre = fitting.take(positions), centres[positions]
    scale = choose_scale(own.D, D_pred, own.weight, centre)
    trained.learner.network.set_shrinkage(scale, torch.from_numpy(log_mean(fitting)))
    return replace(trained, held_out=HeldOut(positions, scaled(D_pred, scale, centre)))


def log_mean(windows: WindowSet) -> Float64[np.ndarray, "k"]:
    """Return log D̄, the logarithm of the weighted mean distribution.

    Args:
        windows: rated windows.

    Returns:
        (k,); shares below 1e-6 count as 1e-6.
    """
    found: Float64[np.ndarray, k] = np.log((windows.weight @ windows.D / windows.weight.sum()).clip(1e-6))
    return found


def choose_scale(
    D: Float64[np.ndarray, "V k"],
    D_pred: Float64[np.ndarray, "V k"],
    weight: Float64[np.ndarray, "V"],
    centre: Float64[np.ndarray, "*_ k"],
) -> float:
    """Choose the scale with the lowest weighted KL.

    Args:
        D: distributions of held-out windows.
        D_pred: their predictions.
        weight: what each of them counts.
        centre: log D̄ of the windows that each network learned from.

    Returns:
        One of `SCALES`; the smallest of equally good ones.
    """
    losses = [-weight @ (D * np.log(scaled(D_pred, scale, centre))).sum(1) for scale in SCALES]
    return SCALES[int(np.argmin(losses))]


def scaled(
    D_pred: Float64[np.ndarray, "V k"], scale: float, centre: Float64[np.ndarray, "*_ k"]
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
