"""Measure what an audit costs beside the run that it audits, in processor time of all their processes (Linux).

The run has 26 folds of EmoPairCompete with nearest neighbours, the condition mean and the fair ridge. Aim: <= 3.
Run: OMP_NUM_THREADS=1 python benchmarks/audit_cost.py FOLDER_OF_EMOPAIRCOMPETE
"""

import ctypes
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from pairs import child_seconds

RECIPE = """
extends: described-emopair
name: audited
variants:
  knn3: {estimator: {use: knn, k: 3}}
"""
BECOME_PARENT_OF_ORPHANS = 36  # prctl's PR_SET_CHILD_SUBREAPER: the audit's processes are forked by a server


def processor_seconds(*arguments: str) -> float:
    """Run the command line; return the processor time of its process and of all below it."""
    before = child_seconds()
    subprocess.run([sys.executable, "-m", "mpcl_core", *arguments], capture_output=True, check=False)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    return child_seconds() - before


def main() -> None:
    """Run and audit a recipe, and print both costs."""
    ctypes.CDLL(None).prctl(BECOME_PARENT_OF_ORPHANS, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        recipe, run = Path(folder, "audited.yaml"), Path(folder, "run")
        recipe.write_text(RECIPE, encoding="utf-8")
        options = [str(recipe), "--set", f"source.path={sys.argv[1]}"]
        check = processor_seconds("check", *options)
        whole = processor_seconds("run", *options, "--jobs", "1", "--no-figures", "--out", str(run))
        audit = processor_seconds("audit", str(run))
    print(f"check {check:.1f} s, run {whole:.1f} s, audit {audit:.1f} s of processor time")
    print(f"audit over run: {audit / whole:.2f}; over what the run costs beyond check: {audit / (whole - check):.2f}")


if __name__ == "__main__":
    main()
