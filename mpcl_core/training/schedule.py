"""Schedule the learning rate of a training.

One cycle up and down (Smith & Topin, arXiv 1708.07120):

    p < w:  lo + (lr - lo) (1 - cos π p/w) / 2,                lo = lr / 25,        w = 0.3
    p ≥ w:  end + (lr - end) (1 + cos π (p - w)/(1 - w)) / 2,  end = lo / 10,000

Cosine (Loshchilov & Hutter, arXiv 1608.03983, without restarts) and linear:

    lr (1 + cos π p) / 2,    lr (1 - p)

p is the share of ``train.epochs`` that is done, whatever the number of windows, so that search and refit, which differ
in their windows, have the same rate in the same epoch.
"""

import math

from mpcl_core.spec.training import Schedule

WARM_UP, START, END = 0.3, 1 / 25, 1 / 250_000


def learning_rate(schedule: Schedule, highest: float, done: float) -> float:
    """Return the learning rate at a point of the training.

    Args:
        schedule: ``train.schedule``.
        highest: ``train.lr``.
        done: the share of all epochs that is done, 0–1.

    Returns:
        The rate.
    """
    if schedule == "constant":
        return highest
    if schedule == "cosine":
        return highest * _cosine(1.0, 0.0, done)
    if schedule == "linear":
        return highest * (1.0 - done)
    if done < WARM_UP:
        return highest * _cosine(START, 1.0, done / WARM_UP)
    return highest * _cosine(1.0, END, (done - WARM_UP) / (1.0 - WARM_UP))


def _cosine(first: float, last: float, share: float) -> float:
    return last + (first - last) * (1.0 + math.cos(math.pi * share)) / 2.0
