"""The whole of `mpcl run` against its training steps alone: the quick start of the README, and the recipe `described`.

Aim: <= 1.15 x for the quick start, in processor time of all processes. Both on one core: `--jobs 1`, and the same folds
of all networks trained in this process from windows that lie in memory. The command may store bytecode, as pip does
when it installs a package; compiling the framework's sources takes about .4 s.
Run: python benchmarks/whole_run.py [--pairs 15] [RECIPE …]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from functools import partial

import numpy as np

from mpcl_core.app.inspection.checking import CheckedRecipe, check
from mpcl_core.data.plan import Study, load_studies
from mpcl_core.data.truth import without_labels
from mpcl_core.jobs.process import collect_garbage_rarely, keep_freed_memory
from mpcl_core.recipe.load import load
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.trainer import Trainer
from pairs import child_seconds, ratio

RECIPES = {"quick-start": "the quick start of the README (aim 1.15)", "described": "the recipe `described`"}


def whole(recipe: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "mpcl_core", "run", recipe, "--jobs=1", "--out", f"{folder}/run"]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        subprocess.run(command, capture_output=True, check=True, env=environment)


def steps_alone(checked: CheckedRecipe, study: Study) -> None:
    """Train every network of a recipe on every fold, for every seed."""
    for spec in checked.specs.values():
        for seed in checked.recipe.seeds:
            for number in range(len(study.folds)):
                train(spec, study, (seed, number))


def train(spec: VariantSpec, study: Study, entropy: tuple[int, int]) -> None:
    if not isinstance(spec.model, NetworkSpec):
        raise TypeError
    fold = study.folds[entropy[1]]
    rows = np.concatenate([fold.train, fold.validation])
    trainer = Trainer(
        spec.model,
        spec.transforms,
        entropy,
        "cpu",
        pool=spec.pool,
        unrated=without_labels(study.windows.take(fold.unrated)),
        error_bars=spec.error_bars,
    )
    trainer.fit(study.windows.take(rows), *np.split(np.arange(len(rows)), [len(fold.train)]))


def processor_seconds() -> float:
    """Return the processor time of this process and of those that it has waited for."""
    return time.process_time() + child_seconds()


if __name__ == "__main__":
    import torch

    parser = argparse.ArgumentParser()
    parser.add_argument("recipes", nargs="*", default=list(RECIPES))
    parser.add_argument("--pairs", type=int, default=15)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    collect_garbage_rarely()  # as the command does, so that the ratio does not hold it
    keep_freed_memory()
    for recipe in arguments.recipes:
        checked = check(load(recipe))
        (study,) = load_studies(checked.specs)
        run, steps = partial(whole, recipe), partial(steps_alone, checked, study)
        found = ratio(run, steps, pairs=arguments.pairs, clock=processor_seconds)
        what = RECIPES.get(recipe, f"the recipe `{recipe}`")
        print(f"mpcl run, {what}, against its training: {found}, {arguments.pairs} pairs")
