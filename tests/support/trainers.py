"""Build trainers and runs of a small study for tests."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from mpcl_core import testing
from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.training.trainer import Trainer
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.transforms.zscore import ZScore
from support.specs import block, network, variant_spec

FOLD = Fold(np.arange(0, 140), np.arange(140, 190), np.arange(190, 240), "f")


def learnable() -> WindowSet:
    """Return a study whose emotion distributions follow from one modality, the face."""
    windows = testing.study()
    logits = windows.X["face"].reshape(len(windows), -1)[:, : testing.K] * 2
    windows.D = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    windows.D = windows.D.astype(np.float64)
    windows.D /= windows.D.sum(1, keepdims=True)
    return windows


def trainer(recorded: list[dict[str, object]] | None = None, seed: int = 0, **changes: object) -> Trainer:
    """Return a trainer whose journal lines are appended to a list; ``changes`` are training settings."""
    lines = recorded if recorded is not None else []
    return Trainer(
        network(**changes),  # type: ignore[arg-type]
        [block(ZScore, scope="train")],
        (seed, 0),
        "cpu",
        on_epoch_ended=lambda epoch, metrics: lines.append({"epoch": epoch, **metrics}),
    )


def predicted(windows: WindowSet, using: Trainer) -> np.ndarray:
    """Train on the fitting windows of `FOLD` and return D_pred of its test windows."""
    fitting = np.concatenate([FOLD.train, FOLD.validation])
    sides = np.split(np.arange(len(fitting)), [len(FOLD.train)])
    trained = using.fit(windows.take(fitting), *sides)
    return trained.predict(trained.prepare(windows.take(FOLD.test)))


class Unused(Source):
    """Stand in for a source that the test does not load."""

    name = "unused"
    modalities = testing.MODALITIES
    labels = tuple(f"e{i}" for i in range(testing.K))

    def load(self) -> WindowSet:
        raise NotImplementedError


def opened(model: object, observers: Mapping[str, Sequence[Callable[..., None]]] | None = None) -> RunContext:
    """Return a run with one variant ``net``, which is this network or estimator."""
    spec = variant_spec("net", model, block(Unused), block(LOSO), [block(ZScore, scope="train")])  # type: ignore[arg-type]
    return RunContext({"net": spec}, observers or {})
