"""Reached against stated coverage of the error bars: python benchmarks/coverage.py DATA OUT.

Runs three studies: the simulator with 100 people, EmoPairCompete and WESAD (folders of DATA; left out where missing).
Prints the table of ``docs/results/coverage.md``. OUT takes the run folders; runs that are there are only read.
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

import mpcl_core
from mpcl_core.evaluation.run import Run, open_run
from mpcl_core.interfaces.errors import UserError

KFOLD = ("protocol.use=subject_kfold", "protocol.folds=5")
SIMULATED = ("source.subjects=100", "source.trials=4", "source.seconds=12", "dim=16", "train.epochs=12")


def studies(data: Path) -> dict[str, tuple[str, Sequence[str]]]:
    """Return name -> recipe and options."""
    wesad = (f"source.path={data / 'wesad'}", "seeds=1")
    return {
        "simulated, 100 people, `mpcl`": ("mpcl", (*SIMULATED, *KFOLD)),
        "simulated, 100 people, `described`, 5 folds": ("described", (*SIMULATED, *KFOLD, "error_bars.folds=5")),
        "EmoPairCompete, 26 people": (
            "described-emopair",
            (f"source.path={data / 'emopaircompete'}", "seeds=1", "error_bars.folds=5"),
        ),
        "WESAD, 7 people": ("described-wesad", (*wesad, "error_bars.folds=5")),
        "WESAD, 7 people, stated 0.8": ("described-wesad", (*wesad, "error_bars={coverage: 0.8, folds: 5}")),
    }


def lines(name: str, run: Run) -> list[str]:
    """Return a line of the table for each variant."""
    found = []
    for score in run.coverage:
        if math.isnan(score.reached):
            found.append(f"| {name} | `{score.variant}` | {score.people} | none: {score.reason} | | | |")
        else:
            found.append(
                f"| {name} | `{score.variant}` | {score.people} "
                f"| {score.reached:.3f} [{score.low:.3f}, {score.high:.3f}] "
                f"| {score.radius:.3f} | {score.trial_reached:.3f} | {score.trial_radius:.3f} |"
            )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    print("| study | variant | held-out people | reached, windows | radius | reached, trials | radius |")
    print("|---|---|---|---|---|---|---|")
    for number, (name, (recipe, sets)) in enumerate(studies(arguments.data).items()):
        folder = arguments.out / str(number)
        if not folder.exists():
            try:
                mpcl_core.run(recipe, sets=sets, out=folder, jobs=1, on_message=None)
            except UserError as error:
                print(f"| {name} | not run: {error} | | | | | |")
                continue
        print("\n".join(lines(name, open_run(folder))), flush=True)


if __name__ == "__main__":
    main()
