"""Transforms and estimators, each broken in the one way that its key names."""

from dataclasses import replace
from typing import Any

import numpy as np

from mpcl_core.interfaces.components import Estimator, FittedTransform
from mpcl_core.interfaces.data import WindowSet
from mpcl_plugins.transforms.window import Window


class Same(FittedTransform):
    """Keeps the contract: changes nothing."""

    name = "same"

    def fit(self, windows: WindowSet) -> "Same":
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        return windows


class Dropping(Same):
    """Leaves out a modality that it announces."""

    def transform(self, windows: WindowSet) -> WindowSet:
        first, *others = windows.modalities
        X = {name: values for name, values in windows.X.items() if name != first.name}
        present = {name: values for name, values in windows.present.items() if name != first.name}
        return replace(windows, modalities=tuple(others), X=X, present=present)


class Renumbering(Same):
    """Changes what it is given."""

    def transform(self, windows: WindowSet) -> WindowSet:
        windows.window += 1
        return windows


class Telling(Same):
    """Adds the label to the signal."""

    def transform(self, windows: WindowSet) -> WindowSet:
        label = windows.D[:, :1, None].astype(np.float32)
        return windows.with_signals({name: values + label for name, values in windows.X.items()})


class Remembering(Same):
    """Learns from all that it ever saw."""

    rows = 0

    def fit(self, windows: WindowSet) -> "Remembering":
        self.rows += len(windows)
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        return windows.with_signals({name: values / self.rows for name, values in windows.X.items()})


class Centring(Same):
    """Centres the rows it is given by one another."""

    def transform(self, windows: WindowSet) -> WindowSet:
        return windows.with_signals({name: values - values.mean(0) for name, values in windows.X.items()})


class Privileged(Same):
    """Makes something else of the rows that it is fitted on."""

    def fit_transform(self, windows: WindowSet) -> WindowSet:
        return windows.with_signals(
            {name: 2 * values for name, values in self.fit(windows).transform(windows).X.items()}
        )


class Imputing(Same):
    """Puts numbers where nothing was."""

    def transform(self, windows: WindowSet) -> WindowSet:
        return replace(windows, X={name: values + 1 for name, values in windows.X.items()})


class SeedingTransform(Same):
    """Seeds numpy."""

    def transform(self, windows: WindowSet) -> WindowSet:
        np.random.seed(0)  # noqa: NPY002
        return windows


class Heavy(Window):
    """Every window weighs as much as its recording.

    Args:
        length, hop, edges: as of `Window`.
    """

    name = "heavy"

    def transform(self, recording: Any, modalities: Any, labels: Any, valence: Any) -> WindowSet:
        made = super().transform(recording, modalities, labels, valence)
        return replace(made, weight=np.full(len(made), recording.weight))


class Constant(Estimator):
    """Keeps the contract: the mean label."""

    name = "constant"

    def fit(self, windows: WindowSet) -> "Constant":
        self.D = windows.D.mean(0)
        return self

    def predict(self, windows: WindowSet) -> Any:
        return np.tile(self.D, (len(windows), 1))


class Doubled(Constant):
    """Predictions sum to 2."""

    def predict(self, windows: WindowSet) -> Any:
        return 2 * super().predict(windows)


class Relative(Constant):
    """Predicts more of the first emotion the more rows it is given."""

    def predict(self, windows: WindowSet) -> Any:
        D_pred = super().predict(windows) + len(windows) * np.eye(5)[0]
        return D_pred / D_pred.sum(1, keepdims=True)


class Restless(Constant):
    """Is another each time it is fitted."""

    def fit(self, windows: WindowSet) -> "Restless":
        self.D = np.random.default_rng().dirichlet(np.ones(5))
        return self


class Cheating(Constant):
    """Predicts the label it is tested by."""

    def predict(self, windows: WindowSet) -> Any:
        return windows.D.copy()


class Reweighting(Constant):
    """Changes the rows it is fitted on."""

    def fit(self, windows: WindowSet) -> "Reweighting":
        windows.weight *= 2
        super().fit(windows)
        return self


class SeedingEstimator(Constant):
    """Seeds numpy."""

    def fit(self, windows: WindowSet) -> "SeedingEstimator":
        np.random.seed(0)  # noqa: NPY002
        super().fit(windows)
        return self


SOUND: list[tuple[type, dict[str, Any]]] = [(Same, {}), (Constant, {})]
BROKEN: list[tuple[str, type, dict[str, Any]]] = [
    ("outputs_agree", Dropping, {}),
    ("input_unchanged", Renumbering, {}),
    ("labels_unseen", Telling, {}),
    ("learns_from_fit_alone", Remembering, {}),
    ("rows_do_not_mix", Centring, {}),
    ("fits_and_transforms", Privileged, {}),
    ("absent_stays_zero", Imputing, {}),
    ("leaves_the_process_alone", SeedingTransform, {}),
    ("windows_are_the_recording_s", Heavy, {"length": 4.0}),
    ("distributions", Doubled, {}),
    ("rows_do_not_mix", Relative, {}),
    ("repeatable", Restless, {}),
    ("labels_unseen", Cheating, {}),
    ("input_unchanged", Reweighting, {}),
    ("leaves_the_process_alone", SeedingEstimator, {}),
]
"""(check, component, its parameters)."""
