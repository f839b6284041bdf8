"""Tables, tests, figures and report of a run of 200 variants × 73 people (14,600 jobs), in processor time.

The jobs are nearest neighbours on simulated features, the cheapest that differ between variants; they take minutes.
Aim: 60 s for all four together.
Run: OMP_NUM_THREADS=1 python benchmarks/results_size.py
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

import mpcl_core
from mpcl_core.app.summary_files import write_summary
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures import draw
from mpcl_core.reporting.report import write as write_report

VARIANTS, PEOPLE = 200, 73

RECIPE = {
    "name": "many",
    "source": {"use": "simulated", "subjects": PEOPLE, "trials": 4, "seconds": 4.0},
    "prepare": [{"use": "window", "length": 4.0, "hop": 4.0}],
    "protocol": {"use": "loso"},
    "references": {"mean": None, "uniform": None, "knn": None},
    "estimator": {"use": "knn", "k": 1},
    "variants": {f"k{k}": {"estimator": {"k": k}} for k in range(2, VARIANTS - 1)},
}


def seconds(step: Callable[[Run], object], run: Run) -> float:
    started = time.process_time()
    step(run)
    return time.process_time() - started


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        recipe = Path(folder, "many.yaml")
        recipe.write_text(yaml.safe_dump(RECIPE), encoding="utf-8")
        started = time.process_time()
        mpcl_core.run(recipe, out=Path(folder, "run"), jobs=1, on_message=lambda _: None)
        print(f"the whole run: {time.process_time() - started:.0f} s", flush=True)
        run = Run(Path(folder, "run"))
        steps = {"tables and tests": write_summary, "figures": draw, "report": write_report}
        found = {name: seconds(step, run) for name, step in steps.items()}
    parts = ", ".join(f"{name} {value:.1f} s" for name, value in found.items())
    print(f"{VARIANTS} variants × {PEOPLE} people: {sum(found.values()):.1f} s ({parts})")
