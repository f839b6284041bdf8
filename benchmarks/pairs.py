"""Two functions timed side by side, interleaved, with one of them against itself as a control."""

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


def child_seconds() -> float:
    """Return the processor time of all processes that were started and have ended, with those below them: a clock."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


@dataclass(frozen=True)
class Ratio:
    """What was measured.

    Args:
        value: median time of a / median time of b.
        control: the same for b against itself: what noise alone makes of 1.
        a, b: the median times in seconds.
        difference: the median of the pairwise differences a - b in seconds.
    """

    value: float
    control: float
    a: float
    b: float
    difference: float

    def __str__(self) -> str:
        return f"{self.value:6.3f} x (control {self.control:5.3f}; {1e3 * self.a:.3f} ms against {1e3 * self.b:.3f} ms)"


def ratio(
    a: Callable[[], object],
    b: Callable[[], object],
    pairs: int = 15,
    clock: Callable[[], float] = time.perf_counter,
) -> Ratio:
    """Time a, b and b again in turn, in an order that rotates; one unmeasured round goes before.

    ``time.process_time`` as the clock leaves out what other processes take of the machine, of one thread's work;
    `child_seconds` does so for commands.
    """
    calls = {"a": a, "b": b, "again": b}
    times: dict[str, list[float]] = {name: [] for name in calls}
    order = list(calls)
    for turn in range(pairs + 1):
        for name in order:
            started = clock()
            calls[name]()
            if turn:
                times[name].append(clock() - started)
        order = order[1:] + order[:1]
    median = {name: statistics.median(values) for name, values in times.items()}
    differences = [one - two for one, two in zip(times["a"], times["b"], strict=True)]
    return Ratio(
        median["a"] / median["b"],
        median["again"] / median["b"],
        median["a"],
        median["b"],
        statistics.median(differences),
    )
