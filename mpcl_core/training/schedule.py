"""Schedule the learning rate of a training.

One cycle up and down (Smith & Topin, arXiv 1708.07120):

    p < w:  lo + (lr - lo) (1 - cos π p/w) / 2,                lo = lr / 25,        w = 0.3
    p ≥ w:  end + (lr - end) (1 + cos π (p - w)/(1 - w)) / 2,  end = lo / 10,000

Cosine (Loshchilov & Hutter, arXiv 1608.03983, without restarts) and linear:

    lr (1 + cos π p) / 2,    lr (1 - p)

Steps (He et al., CVPR 2016) and exponential:

    lr / 10^(number of 1/2 and 3/4 that p has reached),    lr / 100^p

A warm-up over the share u rises along a line, lr p/u, and the schedule then runs with (p - u)/(1 - u) as p.

p is the share of ``train.epochs`` that is done, whatever the number of windows, so that search and refit, which differ
in their windows, have the same rate in the same epoch.
"""

import math

from mpcl_core.spec.training import Schedule

RISE, START, END = 0.3, 1 / 25, 1 / 250_000

STEPS, FALL = (0.5, 0.75), 1 / 10
"""After which shares of the epochs ``step`` multiplies the rate, and by what."""

LAST_EXPONENTIAL = 1 / 100
"""The share of the rate that ``exponential`` ends with."""


def learning_rate(schedule: Schedule, highest: float, done: float, warm_up: float = 0.0) -> float:
    """Return the learning rate at a point of the training.

    Args:
        schedule: ``train.schedule``.
        highest: ``train.lr``.
        done: the share of all epochs that is done, 0–1.
        warm_up: ``train.warm_up``, the share of all epochs in which the rate rises.

    Returns:
        The rate.
    """
    if done < warm_up:
        return highest * done / warm_up
    return highest * _factor(schedule, (done - warm_up) / (1.0 - warm_up) if warm_up else done)


def _factor(schedule: Schedule, done: float) -> float:
    match schedule:
        case "constant":
            return 1.0
        case "one_cycle":
            return _one_cycle(done)
        case "cosine":
            return _cosine(1.0, 0.0, done)
        case "linear":
            return 1.0 - done
        case "step":
            return float(FALL ** sum(done >= step for step in STEPS))
        case "exponential":
            return float(LAST_EXPONENTIAL**done)


def _one_cycle(done: float) -> float:
    if done < RISE:
        return _cosine(START, 1.0, done / RISE)
    return _cosine(1.0, END, (done - RISE) / (1.0 - RISE))


def _cosine(first: float, last: float, share: float) -> float:
    return last + (first - last) * (1.0 + math.cos(math.pi * share)) / 2.0
