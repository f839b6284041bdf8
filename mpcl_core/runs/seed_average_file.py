"""Write and read ``seed_average.npz``: scores of a variant's seed-averaged prediction by plugins' metrics.

They are stored since the function of a plugin's metric is not at hand when a run is read.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from mpcl_core.interfaces.errors import DataError
from mpcl_core.runs.atomic_files import write_atomically
from mpcl_core.runs.layout import JOBS, SEED_AVERAGE
from mpcl_core.runs.predictions import METRIC_PREFIX, check_arrays, metric_arrays
from mpcl_core.toolkit.archives import pack_arrays, read_arrays


def seed_average_file(run: Path, variant: str) -> Path:
    """Return the path of the file of a variant.

    Args:
        run: the run folder.
        variant: the variant.

    Returns:
        The path; the file exists where the variant has several seeds and the run has metrics of plugins.
    """
    return run / JOBS / variant / SEED_AVERAGE


def write_seed_average(run: Path, variant: str, scores: Mapping[str, Float64[np.ndarray, "N"]]) -> None:
    """Write the scores of a variant.

    Args:
        run: the run folder.
        variant: the variant.
        scores: name of a plugin's metric -> (N,) scores of the windows by increasing number.
    """
    content = pack_arrays({METRIC_PREFIX + name: values for name, values in scores.items()})
    write_atomically(seed_average_file(run, variant), content)


def read_seed_average(file: Path) -> dict[str, Float64[np.ndarray, "N"]]:
    """Read the scores of a variant.

    Args:
        file: its file.

    Returns:
        Name of a plugin's metric -> (N,) scores of the windows by increasing number.

    Raises:
        OSError, ValueError, LookupError, BadZipFile: the file is missing or damaged.
    """
    try:
        return metric_arrays(check_arrays(read_arrays(file)))
    except DataError as error:
        raise ValueError(str(error)) from None
