"""Predict with an exported ONNX file, in a process that imports NumPy and ONNX Runtime, but not torch."""

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mpcl_core.interfaces.errors import DataError, UsageError, describe_error

METADATA = "mpcl"
"""The key under which an ONNX file holds the description of its model as JSON."""

PRESENT = "present_"
"""Before the name of a modality: the input with its presence mask."""

TRIAL = "trial"
"""The input with the number of each window's trial, of models that average the windows of a trial."""

OUTPUT = "D_pred"
"""The name of the output."""


class OnnxModel:
    """Predict emotion distributions from arrays, with one thread.

    Args:
        file: the ``.onnx`` file that ``mpcl export`` wrote, or its content.

    Raises:
        UsageError: ONNX Runtime is not installed, or the file is not such a file.
    """

    def __init__(self, file: str | Path | bytes) -> None:
        try:
            import onnxruntime
        except ModuleNotFoundError:
            raise UsageError("ONNX Runtime is not installed: pip install 'mpcl[onnx]'") from None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            source = file if isinstance(file, bytes) else str(file)
            self._session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
            self.metadata: dict[str, Any] = json.loads(self._session.get_modelmeta().custom_metadata_map[METADATA])
        except Exception as error:  # ONNX Runtime has no common class of errors
            name = "the content" if isinstance(file, bytes) else file
            raise UsageError(f"{name} is not what 'mpcl export --format onnx' wrote: {describe_error(error)}") from None

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Return the names of the emotions, in the order of the columns of a prediction."""
        return tuple(self.metadata["labels"])

    @cached_property
    def shapes(self) -> dict[str, tuple[int, int]]:
        """Return, for each modality that the model takes, its numbers of channels and of values in a window."""
        return {each["name"]: (each["n_chans"], each["n_times"]) for each in self.metadata["modalities"]}

    def predict(
        self,
        X: Mapping[str, np.ndarray],
        present: Mapping[str, np.ndarray] | None = None,
        trial: np.ndarray | None = None,
    ) -> np.ndarray:
        """Predict windows.

        Args:
            X: modality name -> (N, c, t) values with the channels, rate and unit of the metadata; NaN throughout a
                window, or a modality that is left out, means that it is absent. Where the metadata state that the model
                ``takes_one_person``, these are all windows of one person.
            present: modality name -> (N,) whether the window has it; a mask that is left out is true throughout.
            trial: (N,) the number of each window's trial, for models that average the windows of a trial
                (``takes_trials`` in the metadata); None: all windows are of one trial.

        Returns:
            (N, k) distributions.

        Raises:
            DataError: a modality is unknown, has another shape, or NaN in a part of a window.
        """
        shapes = self.shapes
        if unknown := [name for name in X if name not in shapes]:
            raise DataError(f"the model takes {', '.join(shapes)}, but the input has {', '.join(unknown)}")
        if len(counts := {len(values) for values in X.values()}) != 1:
            raise DataError(f"the modalities have {', '.join(map(str, sorted(counts))) or 'no'} windows")
        n = counts.pop()
        feed: dict[str, np.ndarray] = {}
        for name, shape in shapes.items():
            if name not in X:
                feed |= {name: np.zeros((n, *shape), np.float32), PRESENT + name: np.zeros(n, bool)}
                continue
            mask = np.ones(n, bool) if present is None or name not in present else present[name]
            feed[name], feed[PRESENT + name] = _checked(name, X[name], mask, shape)
        if self.metadata.get("takes_trials"):
            feed[TRIAL] = np.zeros(n, np.int64) if trial is None else np.asarray(trial, np.int64)
        return self.run(feed)

    def run(self, feed: Mapping[str, np.ndarray]) -> np.ndarray:
        """Compute the output from all inputs, which are not checked.

        Args:
            feed: name of the input -> array.

        Returns:
            (N, k) distributions.
        """
        output: np.ndarray = self._session.run([OUTPUT], feed)[0]
        return output


def _checked(name: str, values: np.ndarray, mask: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    values, mask = np.asarray(values, np.float32), np.asarray(mask, bool)
    if values.shape[1:] != shape:
        raise DataError(f"shape {values.shape}, but the model takes (N, {shape[0]}, {shape[1]})", None, name)
    if mask.shape != values.shape[:1]:
        raise DataError(f"{mask.shape} presence values for {len(values)} windows", None, name)
    is_missing = np.isnan(values)
    if is_missing.any():
        missing = is_missing.reshape(len(values), -1)
        if (partly := missing.any(1) & ~missing.all(1) & mask).any():
            raise DataError("holds NaN in part of a window", None, name, int(np.argmax(partly)))
    return values, mask
