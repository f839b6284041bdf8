"""Write the files that a job leaves: its predictions, its diagnostics, its robustness scores and its model.

No file is waited for by itself until the disk has it: `jobs.execution` does so once, for a job that took long.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Int, Shaped

from mpcl_core.interfaces.component_errors import error_line
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.model.save import Training, model_content
from mpcl_core.runs import layout
from mpcl_core.runs.atomic_files import encode_json, write_unsynced
from mpcl_core.runs.layout import run_of_job
from mpcl_core.runs.model_files import write_model_files
from mpcl_core.runs.predictions import METRIC_PREFIX
from mpcl_core.toolkit.archives import pack_arrays

log = logging.getLogger("mpcl.job")


def write_predictions(
    job: Path,
    test: WindowSet,
    row: Int[np.ndarray, "N"],
    D_pred: Shaped[np.ndarray, "N k"],
    metrics: Mapping[str, Float64[np.ndarray, "N"]],
) -> None:
    """Write the predictions of the test windows, and what identifies each window.

    Args:
        job: the job's folder.
        test: the N test windows with their labels.
        row: their numbers in the study.
        D_pred: the predictions.
        metrics: name of a plugin's metric -> (N,) scores.
    """
    columns = {name: getattr(test, name) for name in ("D", "weight", "subject", "trial", "window")}
    scores = {METRIC_PREFIX + name: values for name, values in metrics.items()}
    write_unsynced(job / layout.PREDICTIONS, pack_arrays({**columns, "D_pred": D_pred, "row": row, **scores}))


def write_diagnostics(job: Path, index: Int[np.ndarray, "V"], diagnostics: Mapping[str, np.ndarray]) -> None:
    """Write the diagnostics of some test windows.

    Args:
        job: the job's folder.
        index: (V,) positions of these windows among the test windows.
        diagnostics: dotted name -> array.
    """
    write_unsynced(job / layout.DIAGNOSTICS, pack_arrays({"index": index, **diagnostics}))


def write_robustness(job: Path, lines: Iterable[Mapping[str, object]]) -> None:
    """Write the scores without some modalities.

    Args:
        job: the job's folder.
        lines: the scores of one subject under one condition each.
    """
    text = "".join(json.dumps(line) + "\n" for line in lines)
    write_unsynced(job / layout.ROBUSTNESS, text.encode())


def write_model(job: Path, training: Training) -> None:
    """Write the job's error bars and its model, or log why one of its components cannot be stored.

    Args:
        job: the job's folder.
        training: what was trained, and on what.

    Raises:
        OSError: a file cannot be written.
    """
    write_unsynced(job / layout.ERROR_BARS, encode_json(training.error_bars.as_json()))
    plugins = sorted((run_of_job(job) / layout.PLUGINS).glob("*.py"))
    try:
        write_model_files(job / layout.MODEL, *model_content(training, plugins), write_unsynced)
    except OSError:
        raise
    except Exception as error:
        (job / layout.MODEL / layout.MODEL_DESCRIPTION).unlink(missing_ok=True)
        log.warning("this job leaves no model: %s", error_line(error))
