"""Hold the samples of long recordings in temporary files, so that memory does not grow with a recording.

`docs/concepts/unusual.md` explains the mechanism.
"""

import mmap
import os
from collections.abc import Callable
from tempfile import TemporaryFile

import numpy as np
from jaxtyping import Float32, Shaped

LONG = 2**25
"""Bytes of samples from which they are in a file."""

AT_ONCE = 2**22
"""Samples of a signal up to which all its channels are computed at once."""


def allocate_samples(n_chans: int, n_times: int) -> Float32[np.ndarray, "c T"]:
    """Return an array for the samples of a signal, which lies in a temporary file where it is long.

    The file has no name and ends with the array. Where the system has no room or means for it, the array is in memory.

    Args:
        n_chans: c, the number of channels.
        n_times: T, the number of samples.

    Returns:
        (c, T) samples, to be written before they are read.

    Example:
        >>> allocate_samples(2, 100).shape
        (2, 100)
    """
    size = 4 * n_chans * n_times
    if size < LONG or not hasattr(os, "posix_fallocate"):
        return np.empty((n_chans, n_times), np.float32)
    try:
        with TemporaryFile() as file:
            os.posix_fallocate(
                file.fileno(), 0, size
            )  # a write into a file that a full disk cuts short kills a process
            mapped = mmap.mmap(file.fileno(), size)
    except OSError:
        return np.empty((n_chans, n_times), np.float32)
    return np.frombuffer(mapped, np.float32).reshape(n_chans, n_times)


def release_samples(values: Shaped[np.ndarray, "..."]) -> None:
    """Give back the memory of samples that lie in a temporary file, which keeps them.

    Args:
        values: an array of `allocate_samples`, or a part of one; nothing happens to others.

    Example:
        >>> release_samples(np.zeros(3))
    """
    base: object = values
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, memoryview):
        base = base.obj
    if isinstance(base, mmap.mmap) and hasattr(base, "madvise"):
        base.madvise(mmap.MADV_DONTNEED)


def change_channels(
    values: Float32[np.ndarray, "c T"],
    change: Callable[[Float32[np.ndarray, "g T"]], Float32[np.ndarray, "g t"]],
    n_times: int,
) -> Float32[np.ndarray, "c t"]:
    """Change all channels of a signal at once, or one after the other where it is long.

    Args:
        values: (c, T) samples.
        change: returns the new samples of some channels.
        n_times: t, the number of new samples.

    Returns:
        (c, t) new samples.

    Example:
        >>> change_channels(np.ones((2, 3), np.float32), lambda x: 2 * x, 3).tolist()
        [[2.0, 2.0, 2.0], [2.0, 2.0, 2.0]]
    """
    if values.size <= AT_ONCE:
        return change(values)
    changed = allocate_samples(len(values), n_times)
    for channel in range(len(values)):
        changed[channel] = change(values[channel : channel + 1])[0]
        release_samples(values)
        release_samples(changed)
    return changed
