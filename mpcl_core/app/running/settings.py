"""State how the jobs of a run are run, and on which device."""

import os
from dataclasses import dataclass

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.jobs.limits import NO_LIMITS, JobLimits
from mpcl_core.runs.shard import WHOLE, Shard

DEVICES = ("cuda", "mps", "cpu")
"""The devices, the preferred first."""
JOBS_PER_ACCELERATOR = 4
"""Processes that share a GPU at most, where the user states no number."""


@dataclass(frozen=True)
class RunSettings:
    """State how the jobs of a run are run.

    The results do not depend on these settings, except that ``device`` changes the last digits and ``cohort`` the
    masks of dropout.

    Args:
        jobs: processes at a time; None for one per core, of which at most four share an accelerator.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``; a run that is resumed keeps its own.
        fail_fast: stop at the first job that fails.
        cohort: how many jobs of a variant are trained as one batched model: 1 one by one, None as many as is
            measured to be quickest.
        dask: the address of a scheduler, whose workers run the jobs; None for this machine.
        figures: draw the figures of the run folder and of its report, which takes most of the time of a small run.
        limits: what one job may take.
        shard: the part of the jobs that this process takes; other processes take the others.
    """

    jobs: int | None = None
    device: str = "auto"
    fail_fast: bool = False
    cohort: int | None = 1
    dask: str | None = None
    figures: bool = True
    limits: JobLimits = NO_LIMITS
    shard: Shard = WHOLE

    def jobs_on(self, device: str) -> int:
        """Return how many processes run at a time on a device.

        Args:
            device: ``cpu``, ``cuda`` or ``mps``.

        Returns:
            At least 1.
        """
        if self.jobs is not None:
            return self.jobs
        return available_cores() if device == "cpu" else min(available_cores(), JOBS_PER_ACCELERATOR)


def choose_device(stated: str) -> str:
    """Return the device that a setting means on this machine.

    Args:
        stated: a device, or ``auto`` for cuda, else mps, else cpu.

    Returns:
        ``cpu``, ``cuda`` or ``mps``.

    Raises:
        UsageError: this machine has no such device.
    """
    import torch

    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    available = [device for device in DEVICES if present[device]]
    if stated == "auto":
        return available[0]
    if stated not in available:
        raise UsageError(f"this machine has no device '{stated}'. It has: {', '.join(available)}.")
    return stated


def available_cores() -> int:
    """Return how many cores this process may use.

    Returns:
        At least 1.
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
