"""Share set-ups between test files."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core.interfaces.data import Fold
from mpcl_core.jobs.job_runner import JobRunner

SIZES = (70, 50, 101)
"""Folds of unequal size, so that last batches are padded and a member sits out."""


def folds() -> list[Fold]:
    rows = np.arange(240)
    return [Fold(rows[:n], rows[n : n + 20], rows[n + 40 :], f"f{n}") for n in SIZES]


def journal(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]


class Killed(BaseException):
    """As if the process were gone."""


ENDED = JobRunner._on_epoch_ended


def killed_after(epochs: int, patch: pytest.MonkeyPatch) -> None:
    seen = []

    def ended(self: JobRunner, epoch: int, metrics: Any) -> None:
        ENDED(self, epoch, metrics)
        seen.append(epoch)
        if len(seen) == epochs:
            raise Killed

    patch.setattr(JobRunner, "_on_epoch_ended", ended)
