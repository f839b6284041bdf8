"""Compare the predictions of stored models with those of their jobs: python benchmarks/stored_models.py RUN.

Every model predicts the test windows of its job in this process, from the recipe of the run. Prints the largest
difference of each variant; exit code 1 where one is above 1e-6.
"""

import argparse
from pathlib import Path

import numpy as np

from mpcl_core.app.checking import variant_specs
from mpcl_core.app.loading_models import load_model
from mpcl_core.app.plugin_consent import OF_RUNS
from mpcl_core.data.prepare import prepare
from mpcl_core.recipe.load import load
from mpcl_core.runs.layout import JOBS, MODEL, RECIPE
from mpcl_core.runs.predictions import read_job_arrays

LARGEST = 1e-6


def differences(run: Path) -> dict[str, float]:
    """Return the largest difference of each variant."""
    spec = next(iter(variant_specs(load(run / RECIPE)).values()))
    windows = prepare(spec.source.build(), [block.build() for block in spec.prepare])
    found: dict[str, float] = {}
    for job in sorted(path.parent for path in (run / JOBS).glob(f"*/*/*/{MODEL}")):
        arrays, model = read_job_arrays(job), load_model(job / MODEL, consent=OF_RUNS)
        D_pred = model.predict(windows.take(arrays["row"])).D_pred
        variant = job.parents[1].name
        found[variant] = max(found.get(variant, 0.0), float(np.abs(D_pred - arrays["D_pred"]).max()))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path)
    worst = 0.0
    for run in parser.parse_args().runs:
        for variant, difference in differences(run).items():
            print(f"{run.name} {variant}: {difference:.2g}")
            worst = max(worst, difference)
    return 1 if worst > LARGEST else 0


if __name__ == "__main__":
    raise SystemExit(main())
