"""Define transforms and estimators that each fail exactly one check of the contract."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mpcl_core.interfaces.components import (
    AffineMap,
    Estimator,
    FittedTransform,
    Statistics,
    SubjectTransform,
    TransformModule,
)
from mpcl_core.interfaces.data import Modality, Signal, WindowSet
from mpcl_core.toolkit.affine import AffineModule
from mpcl_plugins.transforms.notch import Notch
from mpcl_plugins.transforms.window import Window
from mpcl_plugins.transforms.zscore import ZScore


class Same(FittedTransform):
    """Return the windows unchanged; keep the contract."""

    name = "same"

    def fit(self, windows: WindowSet) -> "Same":
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        return windows


class Dropping(Same):
    """Leave out a modality that ``outputs`` declares."""

    def transform(self, windows: WindowSet) -> WindowSet:
        first, *others = windows.modalities
        X = {name: values for name, values in windows.X.items() if name != first.name}
        present = {name: values for name, values in windows.present.items() if name != first.name}
        return replace(windows, modalities=tuple(others), X=X, present=present)


class Renumbering(Same):
    """Change its input."""

    def transform(self, windows: WindowSet) -> WindowSet:
        windows.window += 1
        return windows


class Telling(Same):
    """Add the label to the signal."""

    def transform(self, windows: WindowSet) -> WindowSet:
        label = windows.D[:, :1, None].astype(np.float32)
        return windows.with_signals({name: values + label for name, values in windows.X.items()})


class Remembering(Same):
    """Count the windows of all fits."""

    rows = 0

    def fit(self, windows: WindowSet) -> "Remembering":
        self.rows += len(windows)
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        return windows.with_signals({name: values / self.rows for name, values in windows.X.items()})


class Centring(Same):
    """Centre the windows of each call."""

    def transform(self, windows: WindowSet) -> WindowSet:
        return windows.with_signals({name: values - values.mean(0) for name, values in windows.X.items()})


class Privileged(Same):
    """Return other values from ``fit_transform``."""

    def fit_transform(self, windows: WindowSet) -> WindowSet:
        return windows.with_signals(
            {name: 2 * values for name, values in self.fit(windows).transform(windows).X.items()}
        )


class Imputing(Same):
    """Write values where modalities are absent."""

    def transform(self, windows: WindowSet) -> WindowSet:
        return replace(windows, X={name: values + 1 for name, values in windows.X.items()})


class SeedingTransform(Same):
    """Seed numpy."""

    def transform(self, windows: WindowSet) -> WindowSet:
        np.random.seed(0)  # noqa: NPY002
        return windows


class Forgetful(Same):
    """Store nothing of what ``fit`` learned."""

    def fit(self, windows: WindowSet) -> "Forgetful":
        self.scale = 1.0 + len(windows)
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        scale = getattr(self, "scale", 1.0)
        return windows.with_signals({name: values * scale for name, values in windows.X.items()})

    def state_dict(self) -> dict[str, Any]:
        return {}


class Halved(Same):
    """Have a module that computes something else."""

    def module(self, modalities: tuple[Modality, ...]) -> TransformModule:
        halved = AffineMap(np.zeros((1, 1)), np.full((1, 1), 2.0))
        return AffineModule({modality.name: halved for modality in modalities})


class Heavy(Window):
    """Give every window the weight of its recording.

    Args:
        length, hop, edges: as of `Window`.
    """

    name = "heavy"

    def transform(self, recording: Any, modalities: Any, labels: Any, valence: Any) -> WindowSet:
        made = super().transform(recording, modalities, labels, valence)
        return replace(made, weight=np.full(len(made), recording.weight))


class Constant(Estimator):
    """Predict the mean label; keep the contract."""

    name = "constant"

    def fit(self, windows: WindowSet) -> "Constant":
        self.D = windows.D.mean(0)
        return self

    def predict(self, windows: WindowSet) -> Any:
        return np.tile(self.D, (len(windows), 1))


class Doubled(Constant):
    """Return predictions that sum to 2."""

    def predict(self, windows: WindowSet) -> Any:
        return 2 * super().predict(windows)


class Relative(Constant):
    """Increase the first emotion with the number of windows."""

    def predict(self, windows: WindowSet) -> Any:
        D_pred = super().predict(windows) + len(windows) * np.eye(5)[0]
        return D_pred / D_pred.sum(1, keepdims=True)


class Restless(Constant):
    """Predict other values after each fit."""

    def fit(self, windows: WindowSet) -> "Restless":
        self.D = np.random.default_rng().dirichlet(np.ones(5))
        return self


class Cheating(Constant):
    """Return the labels of the tested windows."""

    def predict(self, windows: WindowSet) -> Any:
        return windows.D.copy()


class Reweighting(Constant):
    """Change the windows it is fitted on."""

    def fit(self, windows: WindowSet) -> "Reweighting":
        windows.weight *= 2
        super().fit(windows)
        return self


class SeedingEstimator(Constant):
    """Seed numpy."""

    def fit(self, windows: WindowSet) -> "SeedingEstimator":
        np.random.seed(0)  # noqa: NPY002
        super().fit(windows)
        return self


class Unstorable(Constant):
    """Keep what it learned in a function."""

    def fit(self, windows: WindowSet) -> "Unstorable":
        D = windows.D.mean(0)
        self.predicted = lambda n: np.tile(D, (n, 1))
        return self

    def predict(self, windows: WindowSet) -> Any:
        return self.predicted(len(windows))


class Unmerged(ZScore):
    """Forget all parts but the first as statistics are merged.

    Args:
        scope: as for `ZScore`.
    """

    name = "unmerged"

    def merge(self, parts: Sequence[Statistics]) -> Statistics:
        return parts[0]


class Unjoined(ZScore):
    """Forget all subjects but the first as they are joined.

    Args:
        scope: as for `ZScore`.
    """

    name = "unjoined"

    def join(self, parts: Sequence[SubjectTransform]) -> ZScore:
        return super().join(parts[:1])


class Chunked(Notch):
    """Start each chunk anew."""

    name = "chunked"

    def __init__(self) -> None:
        super().__init__(modality="eeg", causal=True)

    def transform_chunk(self, name: str, chunk: Signal, state: Any) -> tuple[Signal, Any]:
        return super().transform_chunk(name, chunk, None)


VALID: list[tuple[type, dict[str, Any]]] = [(Same, {}), (Constant, {})]
BROKEN: list[tuple[str, type, dict[str, Any]]] = [
    ("outputs_match", Dropping, {}),
    ("input_unchanged", Renumbering, {}),
    ("labels_not_used", Telling, {}),
    ("learns_only_in_fit", Remembering, {}),
    ("windows_do_not_mix", Centring, {}),
    ("fit_transform_consistent", Privileged, {}),
    ("statistics_merge", Unmerged, {}),
    ("subjects_join", Unjoined, {"scope": "subject"}),
    ("chunks_match_recording", Chunked, {}),
    ("absent_stays_zero", Imputing, {}),
    ("process_state_unchanged", SeedingTransform, {}),
    ("windows_keep_metadata", Heavy, {"length": 4.0}),
    ("state_round_trip", Forgetful, {}),
    ("module_agrees", Halved, {}),
    ("distributions", Doubled, {}),
    ("windows_do_not_mix", Relative, {}),
    ("repeatable", Restless, {}),
    ("labels_not_used", Cheating, {}),
    ("input_unchanged", Reweighting, {}),
    ("state_round_trip", Unstorable, {}),
    ("process_state_unchanged", SeedingEstimator, {}),
]
"""(check, component, its parameters)."""
