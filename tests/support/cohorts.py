"""Build folds of unequal size, networks with every kind of part, and their jobs for tests of cohorts."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mpcl_core.interfaces.data import Fold, Job, WindowSet
from mpcl_core.jobs.execution import FoldJob
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.training.phase import Phase
from mpcl_core.training.trainer import Trainer
from mpcl_core.training.windows.window_store import WindowStore
from mpcl_plugins.fusions.msaf import MSAF
from mpcl_plugins.memories.ema_bank import EmaBank
from mpcl_plugins.memories.episodic_bank import EpisodicBank
from mpcl_plugins.objectives.kl import KL
from mpcl_plugins.objectives.pcl import PCL
from mpcl_plugins.objectives.prd import PRD
from mpcl_plugins.retrievals.hopfield import Hopfield
from mpcl_plugins.transforms.zscore import ZScore
from support.specs import block, network

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"

SIZES = (70, 50, 101)
"""Training windows of the folds: unequal, so that last batches are padded and one network waits for the others."""


def folds() -> list[Fold]:
    """Return three folds of unequal size."""
    indices = np.arange(240)
    return [Fold(indices[:n], indices[n : n + 20], indices[n + 40 :], f"f{n}") for n in SIZES]


def fold_jobs(folder: Path, seeds: Sequence[int] = (0, 1)) -> list[FoldJob]:
    """Return a job for each seed and fold, with folders below ``folder``."""
    return [
        FoldJob(Job("net", seed, fold.label, folder / f"{seed}" / fold.label), fold, number)
        for seed in seeds
        for number, fold in enumerate(folds())
    ]


def complete(**changes: Any) -> NetworkSpec:
    """Return a network with MSAF, two contrastive objectives, and memories updated with and without gradients."""
    spec = network(
        objectives={
            "distribution": (block(KL), 1.0),
            "prd": (block(PRD), 0.1),
            "pcl": (block(PCL, retrieval=block(Hopfield)), 0.1),
        },
        **changes,
    )
    streams = dict(spec.streams)
    first, second = streams["physiological"], streams["behavioural"]
    streams["physiological"] = type(first)(first.encoders, block(MSAF, primary="eeg"), block(EmaBank))
    streams["behavioural"] = type(second)(second.encoders, second.fusion, block(EpisodicBank, capacity=64))
    return type(spec)(spec.dim, streams, spec.head, spec.objectives, spec.train)


def phases(model: NetworkSpec, windows: WindowSet) -> list[Phase]:
    """Return a phase for each fold, with their windows in one store."""
    store = WindowStore(torch.device(DEVICE))
    trainers = [Trainer(model, [block(ZScore)], (0, number), DEVICE, store=store) for number in range(len(SIZES))]
    return [trainer.phase(windows.take(fold.train)) for trainer, fold in zip(trainers, folds(), strict=True)]


def journal(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a job's journal."""
    return [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]


class Killed(KeyboardInterrupt):
    """End everything, as if the process were killed."""


def killed_after(epochs: int) -> dict[str, Sequence[Callable[..., None]]]:
    """Return observers that kill the process after a number of epochs, counted over all jobs."""
    ended = []

    def on_epoch_ended(epoch: int, **_: object) -> None:
        ended.append(epoch)
        if len(ended) == epochs:
            raise Killed

    return {"mpcl_epoch_ended": [on_epoch_ended]}
