"""Predict windows with the ONNX graph of a model folder, where that is quicker than the network."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from mpcl_core.data.pooling import number_trials
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.model.onnx_model import PRESENT, TRIAL, OnnxModel

TIMED_SIZES = (1, 8, 64)
"""The numbers of windows in a call for which graph and network are timed when the graph is made."""

FASTEST_SIZE = "fastest_size"
"""The key of the metadata: the largest timed number of windows for which the graph is the quicker; 0 for none."""


@dataclass(frozen=True)
class FolderGraph:
    """Hold the graph of a model with what decides whether it can predict some windows.

    Args:
        onnx: the graph.
        people: the subjects of whom the fitted transforms hold something; their windows need the transforms.
    """

    onnx: OnnxModel
    people: frozenset[str]

    def distributions(self, windows: WindowSet) -> Float64[np.ndarray, "N k"] | None:
        """Predict windows.

        Args:
            windows: N windows with the modalities of the model.

        Returns:
            (N, k) distributions; None where the network has to predict them, or is the quicker.
        """
        subjects = set(windows.subject.tolist())
        if subjects & self.people:
            return None
        calls = self._calls(windows, subjects)
        largest = int(self.onnx.metadata.get(FASTEST_SIZE, 0))
        if largest < TIMED_SIZES[-1] and max(map(len, calls), default=0) > largest:
            return None
        feed = self._feed(windows)
        if len(calls) == 1:
            return self.onnx.run(feed)
        D_pred = np.empty((len(windows), len(self.onnx.labels)))
        for positions in calls:
            D_pred[positions] = self.onnx.run({name: values[positions] for name, values in feed.items()})
        return D_pred

    def _calls(self, windows: WindowSet, subjects: set[str]) -> Sequence[np.ndarray]:
        """Split windows into the calls of the graph.

        Returns:
            The positions of the windows of each call.
        """
        if self.onnx.metadata["takes_one_person"] and len(subjects) != 1:
            return [np.flatnonzero(windows.subject == subject) for subject in sorted(subjects)]
        if self.onnx.metadata["takes_one_person"] or self.onnx.metadata.get("takes_trials"):
            return [np.arange(len(windows))]
        return np.array_split(np.arange(len(windows)), -(-len(windows) // TIMED_SIZES[-1]))

    def _feed(self, windows: WindowSet) -> dict[str, np.ndarray]:
        feed: dict[str, np.ndarray] = {}
        if self.onnx.metadata.get("takes_trials"):
            feed[TRIAL] = number_trials(windows)[0]
        for name, shape in self.onnx.shapes.items():
            if name in windows.X:
                feed[name], feed[PRESENT + name] = windows.X[name], windows.present[name]
            else:  # a table of earlier ratings, which nobody but the people of the training has
                n = len(windows)
                feed[name], feed[PRESENT + name] = np.zeros((n, *shape), np.float32), np.zeros(n, bool)
        return feed
