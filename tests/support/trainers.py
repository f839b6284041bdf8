"""Share set-ups between test files."""

import numpy as np

from mpcl_core import testing
from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.training.trainer import Trainer
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.transforms.zscore import ZScore
from support.specs import block, network, variant_spec


def learnable() -> WindowSet:
    """A study whose labels follow from one modality."""
    windows = testing.study()
    logits = windows.X["face"].reshape(len(windows), -1)[:, : testing.K] * 2
    windows.D = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    windows.D = windows.D.astype(np.float64)
    windows.D /= windows.D.sum(1, keepdims=True)
    return windows


FOLD = Fold(np.arange(0, 140), np.arange(140, 190), np.arange(190, 240), "f")


def trainer(seen: list[dict[str, object]] | None = None, seed: int = 0, **changes: object) -> Trainer:
    log = seen if seen is not None else []
    return Trainer(
        network(**changes),  # type: ignore[arg-type]
        [block(ZScore, scope="train")],
        (seed, 0),
        "cpu",
        lambda network: None,
        lambda epoch, metrics: log.append({"epoch": epoch, **metrics}),
    )


def predicted(windows: WindowSet, made: Trainer) -> np.ndarray:
    rows = np.concatenate([FOLD.train, FOLD.validation])
    split = np.split(np.arange(len(rows)), [len(FOLD.train)])
    fitted = made.fit(windows.take(rows), *split)
    return fitted.predict(fitted.prepare(windows.take(FOLD.test)))


class Made(Source):
    """Never asked."""

    name = "made"
    modalities = testing.MODALITIES
    labels = tuple(f"e{i}" for i in range(testing.K))

    def load(self) -> WindowSet:
        raise NotImplementedError


def opened(model: object) -> RunContext:
    made = variant_spec("net", model, block(Made), block(LOSO), [block(ZScore, scope="train")])  # type: ignore[arg-type]
    return RunContext({"net": made})
