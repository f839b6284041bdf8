"""The whole of `mpcl run` on the quick start, against its training steps alone.

Aim: <= 1.15 x, in processor time of all processes. Both on one core: `--jobs 1`, and the same folds trained in this
process from windows that lie in memory.
Run: python benchmarks/whole_run.py [--pairs 15]
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from mpcl_core.app.inspection.checking import check
from mpcl_core.data.plan import load_studies
from mpcl_core.recipe.load import load
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.training.trainer import Trainer
from pairs import child_seconds, ratio

RECIPE = Path(__file__).resolve().parents[1] / "mpcl_core" / "recipes" / "described.yaml"


def whole() -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "mpcl_core", "run", str(RECIPE), "--jobs=1", "--out", f"{folder}/run"]
        subprocess.run(command, capture_output=True, check=True)


checked = check(load(RECIPE))
(study,) = load_studies(checked.specs)
spec = checked.specs["main"]


def steps_alone() -> None:
    if not isinstance(spec.model, NetworkSpec):
        raise TypeError
    for number, fold in enumerate(study.folds):
        trainer = Trainer(spec.model, spec.transforms, (0, number), "cpu", lambda _: None, lambda *_: None)
        rows = np.concatenate([fold.train, fold.validation])
        train, validation = np.split(np.arange(len(rows)), [len(fold.train)])
        trainer.fit(study.windows.take(rows), train, validation)


def processor_seconds() -> float:
    """Return the processor time of this process and of those that it has waited for."""
    return time.process_time() + child_seconds()


if __name__ == "__main__":
    import torch

    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=15)
    torch.set_num_threads(1)
    found = ratio(whole, steps_alone, pairs=parser.parse_args().pairs, clock=processor_seconds)
    print(f"mpcl run on the quick start, against its training (aim 1.15): {found}")
