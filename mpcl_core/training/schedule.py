"""The learning rate over a training: constant, or one cycle up and down (Smith & Topin, arXiv 1708.07120).

    p < w:  lo + (lr - lo) (1 - cos π p/w) / 2,                lo = lr / 25,        w = 0.3
    p ≥ w:  end + (lr - end) (1 + cos π (p - w)/(1 - w)) / 2,  end = lo / 10,000

p is the share of ``train.epochs`` that is done, whatever the number of rows, so that search and refit, which differ in
their rows, have the same rate in the same epoch.
"""

import math
from typing import Literal

WARM_UP, START, END = 0.3, 1 / 25, 1 / 250_000


def learning_rate(schedule: Literal["constant", "one_cycle"], highest: float, done: float) -> float:
    """The rate when the share ``done`` of all epochs is behind."""
    if schedule == "constant":
        return highest
    if done < WARM_UP:
        return highest * _eased(START, 1.0, done / WARM_UP)
    return highest * _eased(1.0, END, (done - WARM_UP) / (1.0 - WARM_UP))


def _eased(first: float, last: float, share: float) -> float:
    return last + (first - last) * (1.0 + math.cos(math.pi * share)) / 2.0
