"""Read the weights that a job's model has, without building the network."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any

from mpcl_core.runs.layout import MODEL, WEIGHTS
from mpcl_core.toolkit.regular_files import regular


def weights_file(job: Path) -> Path:
    """Return the path of a job's weights.

    Args:
        job: the job's folder.

    Returns:
        The file; that of an estimator holds what it learned.
    """
    return job / MODEL / WEIGHTS


def count_weights(job: Path) -> int:
    """Return how many numbers a job's weights file holds, from its header alone.

    Args:
        job: the job's folder.

    Returns:
        The number of parameters and buffers.

    Raises:
        OSError, ValueError: the file is missing or damaged.
    """
    with _open_weights(job) as file:
        return sum(prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118


def check_weights(job: Path) -> None:
    """Read every tensor of a job's weights file.

    Args:
        job: the job's folder.

    Raises:
        OSError, ValueError: the file is missing or damaged.
    """
    with _open_weights(job) as file:
        for name in file.keys():  # noqa: SIM118
            file.get_tensor(name)


@contextmanager
def _open_weights(job: Path) -> Iterator[Any]:
    """Open a job's weights file inside the context.

    Yields:
        The open file.

    Raises:
        OSError, ValueError: the file is missing or damaged.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(regular(weights_file(job)), "np") as file:
            yield file
    except SafetensorError as error:
        raise ValueError(str(error)) from error
