"""Compute presence masks and means over trials with few operations of torch, for exported models."""

from collections.abc import Mapping

import torch
from jaxtyping import Int64
from torch import Tensor

from mpcl_core.toolkit.joined_tables import join_tables


def without_missing(X: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Mark modalities as absent where a window holds nothing but NaN.

    Args:
        X: modality name -> (b c t) values.
        present: modality name -> (b) whether the window has it.

    Returns:
        Modality name -> (b) whether the window has it and holds a number.
    """
    masks = dict[str, Tensor]()
    for group in join_tables(X):
        n_numbers = group.by_modality((~group.join(X).isnan()).float())
        masks |= group.unstack(group.stack(present) & (n_numbers > 0))
    return {name: masks[name] for name in X}


def without_absent(X: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Set the values of absent modalities to 0.

    Args:
        X: modality name -> (b c t) values.
        present: modality name -> (b) whether the window has it.

    Returns:
        Modality name -> (b c t).
    """
    values = dict[str, Tensor]()
    for group in join_tables(X):
        is_present = group.by_value(group.stack(present).float()) > 0
        values |= group.split(torch.where(is_present, group.join(X), 0.0))
    return values


def pool_by_trial(
    X: Mapping[str, Tensor], present: Mapping[str, Tensor], trial: Int64[Tensor, "b"]
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Replace each window by the mean of the windows of its trial that have the modality.

    Args:
        X: modality name -> (b c t) values, 0 where the modality is absent.
        present: modality name -> (b) whether the window has it.
        trial: (b) the number of each window's trial.

    Returns:
        The means, and for each modality whether any window of the trial has it.
    """
    is_same = (trial[:, None] == trial[None, :]).double()
    means, masks = dict[str, Tensor](), dict[str, Tensor]()
    for group in join_tables(X):
        n = is_same @ group.stack(present).double()
        sums = is_same @ group.join(X).double()
        means |= group.split((sums / group.by_value(n.clamp_min(1.0))).float())
        masks |= group.unstack(n > 0)
    return means, masks
