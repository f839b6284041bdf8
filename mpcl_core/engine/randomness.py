"""The random state of a job: its own, forked, and put back."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def forked(*entropy: int) -> Iterator[None]:
    """Inside, every generator starts from ``entropy`` alone; afterwards all are as they were."""
    seed = int(np.random.SeedSequence(entropy).generate_state(1, np.uint64)[0] >> 1)
    kept_python, kept_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    devices = list(range(torch.cuda.device_count()))
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed % 2**32)  # noqa: NPY002
        try:
            yield
        finally:
            random.setstate(kept_python)
            np.random.set_state(kept_numpy)  # noqa: NPY002


@contextmanager
def deterministic(threads: int) -> Iterator[None]:
    """Inside, torch computes on so many CPU threads and with reproducible algorithms only."""
    kept = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.set_num_threads(kept[0])
        torch.use_deterministic_algorithms(kept[1])
