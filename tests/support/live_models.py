"""Provide models that predict live signals without a training, and the recordings to play."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mpcl_core.data.prepare import output_modalities
from mpcl_core.interfaces.components import Component, Estimator, Source, Transform
from mpcl_core.interfaces.data import Modality, Recording, Signal, Valence, WindowSet
from mpcl_core.interfaces.errors import Place
from mpcl_core.model.model import Model
from mpcl_core.spec.block import Block
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.spec.variant import VariantSpec
from mpcl_plugins.transforms.bandpass import Bandpass
from mpcl_plugins.transforms.statistics import Statistics
from mpcl_plugins.transforms.window import Window
from support.model_descriptions import described
from support.specs import block

INPUTS = (
    Modality("eeg", 2, None, 64.0, ("Cz", "Fz"), "uV"),
    Modality("gsr", 1, None, 4.0, ("GSR",), "uS"),
)
LABELS = ("calm", "joy", "fear")


class Powers(Estimator):
    """Predict from the standard deviation of each modality, 0 where it is absent."""

    name = "powers"

    def fit(self, windows: WindowSet) -> "Powers":
        return self

    def predict(self, windows: WindowSet) -> np.ndarray:
        powers = [values.astype(np.float64).std((1, 2)) for values in windows.X.values()]
        logits = np.stack([np.zeros(len(windows)), *powers, *powers][: len(windows.labels)], axis=1)
        shares: np.ndarray = np.exp(logits - logits.max(1, keepdims=True))
        return shares / shares.sum(1, keepdims=True)


class Listed(Source):
    """Provide a list of recordings."""

    name = "listed"

    def __init__(self, recordings: Sequence[Recording], modalities: tuple[Modality, ...] = INPUTS) -> None:
        self.recordings, self._modalities = recordings, modalities

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return self._modalities

    @property
    def labels(self) -> tuple[str, ...]:
        return LABELS

    @property
    def valence(self) -> Valence | None:
        return None

    def load(self) -> Iterator[Recording]:
        return iter(self.recordings)


@dataclass(frozen=True)
class Built(Block):
    """A block whose component is built already."""

    component: Any = None

    def build(self, **_: object) -> Any:
        return self.component


def built(component: Component) -> Built:
    return Built(type(component), {}, Place("test.yaml", 1, 1), component.name, component)


def prepare_of(**window: Any) -> list[Transform]:
    options = {"length": 2.0, "hop": 0.5, **window}
    return [Bandpass(modality="eeg", low=2.0, high=20.0, causal=True), Window(**options)]


def live_model(
    prepare: Sequence[Transform] | None = None,
    inputs: tuple[Modality, ...] = INPUTS,
    transforms: Sequence[Any] = (),
    pool: PoolSettings | None = None,
) -> Model:
    steps = [*(prepare if prepare is not None else prepare_of())]
    if prepare is None:
        steps.append(Statistics(modality="gsr"))
    modalities = output_modalities(inputs, steps)
    description = described(name="live", inputs=inputs, modalities=modalities, labels=LABELS, versions={"mpcl": "0"})
    unused = block(Powers)
    spec = VariantSpec("live", unused, tuple(map(built, steps)), unused, (), unused, {}, {}, pool=pool)
    return Model(description, spec, transforms, Powers())


def pooled_model() -> Model:
    prepare = [*prepare_of(hop=2.0), Statistics(modality="eeg"), Statistics(modality="gsr")]
    return live_model(prepare, pool=PoolSettings(unit="trial"))


def recording(seconds: float = 20.0, gsr_start: float = 0.1, seed: int = 0) -> Recording:
    rng = np.random.default_rng(seed)
    n = round(64 * seconds)
    envelope = 1 + np.sin(np.arange(n) / 64 / 3)
    eeg = (rng.standard_normal((2, n)).cumsum(1) * envelope).astype(np.float32)
    gsr = (3 + 0.1 * rng.standard_normal((1, round(4 * seconds))).cumsum(1)).astype(np.float32)
    return Recording({"eeg": Signal(eeg, 64.0), "gsr": Signal(gsr, 4.0, gsr_start)}, np.full(3, 1 / 3), "s1", "t1")
