"""Compare the predictions of stored models with those of their jobs: python benchmarks/stored_models.py --data DATA.

Runs every shipped recipe, every recipe of ``examples/``, and one with ``train.from``, on a small study where it is
simulated; those of foreign data only where DATA has them. Then the models are moved, the run is removed, and another
process with another number of threads predicts the test windows of each job. With RUN …, the models of these runs are
compared in place. Prints the largest difference of each variant; exit code 1 where one is above 1e-6.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

import mpcl_core
from mpcl_core.app.inspection.checking import variant_specs
from mpcl_core.app.model_folders.loading import load_model
from mpcl_core.app.plugins.consent import OF_RUNS
from mpcl_core.data.prepare import prepare
from mpcl_core.interfaces.errors import UserError
from mpcl_core.recipe.load import load
from mpcl_core.recipes import names
from mpcl_core.runs.layout import JOBS, MODEL, PREDICTIONS, RECIPE
from mpcl_core.runs.predictions import read_job_arrays

LARGEST = 1e-6
SMALL = ("source.subjects=4", "source.trials=3", "source.seconds=10", "train.epochs=2")
FOLDERS = {
    "crema_d_votes": "crema-d-votes/votes.csv",
    "dmer": "dmer-emotiondict/data_feature_sample.mat",
    "emopair": "emopaircompete",
    "ldl_mat": "ldl/SJAFFE.mat",
    "lifesnaps": "lifesnaps/daily.csv",
    "wesad": "wesad",
}
"""Source -> where DATA holds its files."""
WARM_STARTED = "warm-started"
"""Stands for a recipe whose training starts from a stored model."""
EXAMPLES = Path(__file__).parents[1] / "examples"


def differences(run: Path) -> dict[str, float]:
    """Return the largest difference of each variant."""
    found: dict[str, float] = {}
    loaded = load(run / RECIPE)
    prepared: dict[str, object] = {}
    specs = variant_specs(loaded)
    for job in sorted(path.parent for path in (run / JOBS).glob(f"*/*/*/{MODEL}")):
        variant = job.parents[1].name
        spec = specs.get(variant.partition(".")[0]) or next(iter(specs.values()))
        key = str([spec.recipe.get(name) for name in ("source", "prepare")])
        if key not in prepared:
            prepared[key] = prepare(spec.source.build(), [block.build() for block in spec.prepare])
        windows = prepared[key]
        arrays, model = read_job_arrays(job), load_model(job / MODEL, consent=OF_RUNS)
        D_pred = model.predict(windows.take(arrays["row"])).D_pred  # type: ignore[attr-defined]
        found[variant] = max(found.get(variant, 0.0), float(np.abs(D_pred - arrays["D_pred"]).max()))
    return found


def elsewhere(run: Path, place: Path) -> Path:
    """Move what a comparison needs of a run: its recipe, predictions and models; the rest is removed."""
    moved = place / f"moved {run.name}"
    for model in (run / JOBS).glob(f"*/*/*/{MODEL}"):
        target = moved / model.parent.relative_to(run)
        target.mkdir(parents=True)
        shutil.copytree(model, target / MODEL)
        shutil.copy(model.parent / PREDICTIONS, target)
    shutil.copy(run / RECIPE, moved)
    if (run / "plugins").is_dir():
        shutil.copytree(run / "plugins", moved / "plugins")
    shutil.rmtree(run)
    return moved


def recipes() -> Iterator[str]:
    """Yield the shipped recipes and those of the examples."""
    yield from names()
    yield from (str(path) for path in sorted(EXAMPLES.rglob("*.yaml")))


def warm_started(place: Path) -> str:
    """Fit a model, and write a recipe whose training starts from it."""
    mpcl_core.fit("described", place / "start", sets=list(SMALL), on_message=None)
    recipe = place / "warm-started.yaml"
    text = "extends: described\nname: warm-started\ntrain: {from: start, from_other_people: true}\n"
    recipe.write_text(text, encoding="utf-8")
    return str(recipe)


def small_run(recipe: str, out: Path, data: Path | None, more: Sequence[str]) -> str:
    """Run a recipe on a small study, with further options of --set; returns why it was not run."""
    try:
        source = next(iter(variant_specs(load(recipe)).values())).source.cls.name
        sets = ["seeds=1", *(SMALL if source == "simulated" else ()), *more]
        if data is not None and source in FOLDERS:
            sets.append(f"source.path={data / FOLDERS[source]}")
        mpcl_core.run(recipe, sets=sets, out=out, jobs=1, figures=False, on_message=None)
    except UserError as error:
        return str(error).partition("\n")[0]
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="*", type=Path)
    parser.add_argument("--recipes", nargs="*", help="only these recipes")
    parser.add_argument("--data", type=Path, help="the folder of real data")
    parser.add_argument(
        "--set", action="append", default=[], dest="sets", metavar="KEY=VALUE", help="patch every recipe"
    )
    arguments = parser.parse_args()
    worst = 0.0
    for run in arguments.runs:
        for variant, difference in differences(run).items():
            print(f"{run.name} {variant}: {difference:.2g}", flush=True)
            worst = max(worst, difference)
    if arguments.runs:
        return 1 if worst > LARGEST else 0
    failed = False
    for stated in arguments.recipes or (*recipes(), WARM_STARTED):
        with tempfile.TemporaryDirectory() as place:
            recipe = warm_started(Path(place)) if stated == WARM_STARTED else stated
            run = Path(place) / Path(recipe).stem
            if reason := small_run(recipe, run, arguments.data, arguments.sets):
                print(f"{recipe}: not run: {reason}", flush=True)
                continue
            moved = elsewhere(run, Path(place))
            command = [sys.executable, __file__, str(moved)]
            environment = {**os.environ, "OMP_NUM_THREADS": "2", "MPCL_CACHE": str(Path(place) / "no cache")}
            failed |= subprocess.run(command, env=environment, check=False).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
