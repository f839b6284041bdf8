"""Tables for label distribution learning: a .mat file with ``features`` and ``labels``, a row each.

Geng's group publishes its sets in this form (*Label distribution learning*, IEEE TKDE 2016), among them two on
emotions: SJAFFE (213 faces, 6 emotions) and Emotion6 (1980 pictures, 7 emotions).
"""

from pathlib import Path

import numpy as np

from mpcl_core.plugin import DataError, Modality, Source, WindowSet, check_distributions
from mpcl_plugins.sources.formats.mat import Spec, array_shapes, check_shapes, feature_windows, read_arrays, real_part

SHAPES: Spec = {"features": ("n", "F"), "labels": ("rows", "k")}


class LDLMat(Source):
    """Read rows of features as one modality, ``features``, (1, F).

    Nothing is known of a row beside its distribution: subject, trial and stimulus are empty, so that a split is one of
    windows. Labels may be exactly 0 (31 % of Emotion6's are).

    Args:
        path: the .mat file: ``features (n, F)`` and ``labels (n, k)``, distributions as they are stored.
        label_names: the names of the k labels, in the order of the columns; ``label0`` and so on by default.

    Raises:
        ValueError: a name appears twice.
        DataError: the file is missing or damaged, the arrays are transposed, there are more or fewer names than
            labels, or a row is not a distribution.
    """

    name = "ldl_mat"

    def __init__(self, *, path: Path, label_names: tuple[str, ...] = ()) -> None:
        if twice := [name for name in label_names if label_names.count(name) > 1]:
            raise ValueError(f"label_names holds '{twice[0]}' twice")
        self.path, self.label_names = path, label_names

    @property
    def modalities(self) -> tuple[Modality, ...]:
        n_features, _ = self._widths()
        return (Modality("features", 1, n_features),)

    @property
    def labels(self) -> tuple[str, ...]:
        _, n_labels = self._widths()
        names = self.label_names or tuple(f"label{number}" for number in range(n_labels))
        if len(names) != n_labels:
            raise DataError(f"{len(names)} label_names for {n_labels} columns", self.path, "labels")
        return names

    def load(self) -> WindowSet:
        modalities, labels = self.modalities, self.labels
        found = read_arrays(self.path, SHAPES)
        D = real_part(found["labels"])
        check_distributions(D, "labels", self.path)
        X = feature_windows(real_part(found["features"]), 1, self.path, "features")
        present = np.ones(len(D), dtype=bool)
        return WindowSet(modalities, {"features": X}, {"features": present}, D, labels).validate(self.path)

    def _widths(self) -> tuple[int, int]:
        """Return F and k.

        Returns:
            The numbers of columns of ``features`` and ``labels``.
        """
        found = array_shapes(self.path)
        check_shapes(found, SHAPES, self.path)
        (n, n_features), (rows, n_labels) = (found[name] for name in SHAPES)
        if rows != n:
            hint = "; is it transposed?" if n_labels in (n, n_features) else ""
            raise DataError(f"{rows} rows, but features has {n}{hint}", self.path, "labels")
        return n_features, n_labels
