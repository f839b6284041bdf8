"""Read the weights that a job's network left, without building the network."""

from math import prod
from pathlib import Path

from mpcl_core.runs.layout import CHECKPOINT, WEIGHTS


def weights_file(job: Path) -> Path:
    """Return the path of a job's weights.

    Args:
        job: the job's folder.

    Returns:
        The file, which estimators do not leave.
    """
    return job / CHECKPOINT / WEIGHTS


def count_weights(job: Path) -> int:
    """Return how many numbers a job's weights file holds, from its header alone.

    Args:
        job: the job's folder.

    Returns:
        The number of parameters and buffers.
    """
    from safetensors import safe_open

    with safe_open(weights_file(job), "np") as file:
        return sum(prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118


def check_weights(job: Path) -> None:
    """Read every tensor of a job's weights file.

    Args:
        job: the job's folder.

    Raises:
        OSError, ValueError: the file is missing or damaged.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(weights_file(job), "np") as file:
            for name in file.keys():  # noqa: SIM118
                file.get_tensor(name)
    except SafetensorError as error:
        raise ValueError(str(error)) from error
