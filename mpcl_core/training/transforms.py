"""Fit a variant's transforms on a fold's fitting windows, and apply fitted ones to other windows."""

from collections.abc import Sequence

from mpcl_core.interfaces.components import FittedTransform
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.spec.block import Block


def fit_transforms(blocks: Sequence[Block], windows: WindowSet) -> tuple[list[FittedTransform], WindowSet]:
    """Fit each transform on what the ones before it made of the windows.

    Args:
        blocks: the transforms, in order.
        windows: the fitting windows.

    Returns:
        The fitted transforms, and the windows after the last one.
    """
    fitted: list[FittedTransform] = []
    for block in blocks:
        transform: FittedTransform = block.build()
        windows = transform.fit_transform(windows)
        fitted.append(transform)
    return fitted, windows


def apply_transforms(windows: WindowSet, transforms: Sequence[FittedTransform]) -> WindowSet:
    """Apply fitted transforms one after the other.

    Args:
        windows: windows as the protocol handed them out.
        transforms: the fitted transforms, in order.

    Returns:
        The windows after the last transform.
    """
    for transform in transforms:
        windows = transform.transform(windows)
    return windows
