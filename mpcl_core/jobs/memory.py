"""Measure the memory that this process uses, and the memory that is free."""

import math
import os
from pathlib import Path

import torch


def used_mib(device: str) -> float:
    """Return the memory of this process; on a GPU, the peak memory of its tensors there.

    Args:
        device: ``cpu``, ``cuda`` …, as torch names it.

    Returns:
        MiB; 0 where the system does not report it.
    """
    if device == "cuda":
        return torch.cuda.max_memory_allocated() / 2**20
    statm = Path("/proc/self/statm")
    pages = int(statm.read_text(encoding="utf-8").split()[1]) if statm.exists() else 0
    return float(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)


def free_mib(device: str) -> float:
    """Return the free memory of a device.

    Args:
        device: ``cpu``, ``cuda`` …, as torch names it.

    Returns:
        MiB; infinity where the system does not report it.
    """
    if device == "cuda":
        return torch.cuda.mem_get_info()[0] / 2**20
    meminfo = Path("/proc/meminfo")
    lines = meminfo.read_text(encoding="utf-8").splitlines() if meminfo.exists() else []
    return next((int(line.split()[1]) / 2**10 for line in lines if line.startswith("MemAvailable")), math.inf)
