"""Describe the hardware that decides the last bits of a number."""

import platform
from functools import lru_cache
from pathlib import Path

import torch

CPU_INFO = Path("/proc/cpuinfo")
"""Where Linux states the model of the processor."""


def describe_hardware(device: str) -> str:
    """Return the models of the processor and of the GPU that a run uses.

    Args:
        device: where its networks are trained, as in ``cuda:0``.

    Returns:
        Names, such as ``AMD EPYC 9B14, NVIDIA H100``; without the GPU's where the device is not there.
    """
    has_gpu = device.startswith("cuda") and torch.cuda.is_available()
    return f"{_processor()}, {torch.cuda.get_device_name(device)}" if has_gpu else _processor()


@lru_cache(maxsize=1)
def _processor() -> str:
    try:
        lines = CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, "") or platform.processor() or platform.machine()
