"""Share set-ups between test files."""

import os
import sys
from pathlib import Path

from support.small_runs import SMALL

SEEDS = int(os.environ.get("MPCL_SEEDS", "1"))


EPOCHS = int(os.environ.get("MPCL_EPOCHS", "40"))


LONG = [
    *SMALL[:4],
    f"--set=train.epochs={EPOCHS}",
    f"--set=train.patience={EPOCHS}",
    f"--set=seeds={list(range(SEEDS))}",
]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "mpcl_core", "run", *arguments, "--jobs=2", "--no-figures"]


def weights(run: Path) -> dict[str, bytes]:
    return {str(path.relative_to(run)): path.read_bytes() for path in sorted(run.rglob("weights.safetensors"))}
