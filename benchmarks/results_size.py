"""Measure what reads a run of many jobs: tables, figures, report, and the verbs verify, compare and list runs.

The jobs are nearest neighbours on simulated features, the cheapest that differ between variants; they take minutes.
Every step runs in a process of its own; its processor time and peak memory are printed, and for tables, figures and
report also how often a predictions file is read.
Aims at 10,000 jobs: 60 s for tables, figures and report together, and 60 s and 1.5 GiB for each verb. With `--run` the
run may also be made beforehand, by several processes (`mpcl run --jobs 2`).
Run: OMP_NUM_THREADS=1 python benchmarks/results_size.py --variants 100 --people 100
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

STEPS = """
import sys
import time
from pathlib import Path
from mpcl_core.app.running.summary_files import write_summary
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures import draw
from mpcl_core.reporting.report import write_report
from mpcl_core.runs import predictions
reads, read = [], predictions.read_arrays
predictions.read_arrays = lambda *of: (reads.append(of[0]), read(*of))[1]
run = Run(Path(sys.argv[1]))
for name, step in (("tables and tests", write_summary), ("figures", draw), ("report", write_report)):
    started = time.process_time()
    step(run)
    print(f"  {name}: {time.process_time() - started:.1f} s")
print(f"  reads of a predictions file: {len(reads) / len(set(reads)):.3f}")
"""


def recipe(variants: int, people: int) -> dict[str, object]:
    """Return a recipe of one job for each variant and person."""
    return {
        "name": "many",
        "source": {"use": "simulated", "subjects": people, "trials": 4, "seconds": 4.0},
        "prepare": [{"use": "window", "length": 4.0, "hop": 4.0}],
        "protocol": {"use": "loso"},
        "references": {"mean": None, "uniform": None, "knn": None},
        "estimator": {"use": "knn", "k": 1},
        "variants": {f"k{k}": {"estimator": {"k": k}} for k in range(2, variants + 2)},
    }


def measure(name: str, *arguments: str) -> None:
    """Run Python on some arguments in a process, and print its processor time and peak memory."""
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=None if arguments[0] == "-c" else subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    print(f"{name}: {seconds:.1f} s of processor time, {memory:.0f} MiB, exit {process.returncode}", flush=True)


def main() -> None:
    """Make the run where there is none, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=197)
    parser.add_argument("--people", type=int, default=73)
    parser.add_argument("--run", type=Path, help="the run folder; made where it is missing, and kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = options.run or Path(folder, "run")
        if not run.exists():
            file = Path(folder, "many.yaml")
            file.write_text(yaml.safe_dump(recipe(options.variants, options.people)), encoding="utf-8")
            measure("the whole run", "-m", "mpcl_core", "run", str(file), "--out", str(run), "--jobs", "1")
        print(f"{options.variants} variants × {options.people} people, {options.variants * options.people} jobs")
        measure("tables, figures and report", "-c", STEPS, str(run))
        for verb in (["verify", str(run)], ["compare", str(run)], ["list", "runs", str(run.parent)]):
            measure(f"mpcl {' '.join(verb[:-1])}", "-m", "mpcl_core", *verb)


if __name__ == "__main__":
    main()
