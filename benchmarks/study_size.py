"""Set-up of the jobs of a study of DMER's size: 73 people, 63,072 windows x 913 features, one person held out a fold.

What a job does before its first training step, in processor time: select the windows of its fold, fit the transforms
for the search and for the refit, build the network and place the windows. Aims: all 73 x 3 jobs together <= 3 s; a
second seed <= .05 of the first job; `zscore` by subject <= .1 x fits on copies; `uniform` and `mean` <= 10 ms a job;
peak memory of a job less 300 MiB <= 2.5 x its signals. The control fits every fold on a copy of its windows (a few
folds, extrapolated).
Run: python benchmarks/study_size.py [--people 73] [--seeds 3]
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch

from mpcl_core.interfaces.data import Fold, Job, Modality, WindowSet
from mpcl_core.jobs.execution import FoldJob
from mpcl_core.jobs.job import run_job
from mpcl_core.jobs.process import collect_garbage_rarely, keep_freed_memory
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.training.trainer import Trainer
from mpcl_core.training.windows.study_windows import StudyWindows, study_windows
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.estimators.uniform import Uniform
from mpcl_plugins.transforms.zscore import ZScore

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from support.specs import block, network, variant_spec
from support.trainers import Unused

CPU = torch.device("cpu")
WINDOWS_OF_A_PERSON, FEATURES = 864, {"eeg": 310, "gsr": 303, "face": 300}


def study(people: int) -> WindowSet:
    """Draw windows of features for a number of people."""
    rng, n = np.random.default_rng(0), people * WINDOWS_OF_A_PERSON
    X = {name: rng.standard_normal((n, 1, size), np.float32) for name, size in FEATURES.items()}
    return WindowSet(
        tuple(Modality(name, 1, size) for name, size in FEATURES.items()),
        X,
        {name: np.ones(n, bool) for name in FEATURES},
        rng.dirichlet(np.ones(5), n),
        tuple(f"e{number}" for number in range(5)),
        subject=np.repeat([f"s{number:02}" for number in range(people)], WINDOWS_OF_A_PERSON),
        trial=np.tile(np.repeat([f"t{number:02}" for number in range(32)], 27), people),
    )


def folds(windows: WindowSet) -> list[Fold]:
    """Hold out each person in turn, and a fifth of the others for validation."""
    people = np.unique(windows.subject)
    made = []
    for number, person in enumerate(people):
        validating = np.roll(people, -number - 1)[: len(people) // 5]
        test, validation = windows.subject == person, np.isin(windows.subject, validating)
        sides = [np.flatnonzero(side) for side in (~(test | validation), validation, test)]
        made.append(Fold(*sides, str(person)))
    return made


def set_up(shared: StudyWindows, fold: Fold, seed: int, number: int, scope: str = "train") -> None:
    """Do what a job does before the first step of its search and before the first of its refit."""
    trainer = Trainer(network(), [block(ZScore, scope=scope)], (seed, number), "cpu")
    fitting = shared.part(np.concatenate([fold.train, fold.validation]))
    phase = trainer.phase(fitting.take(np.arange(len(fold.train))))
    phase.evaluated(fitting.take(np.arange(len(fold.train), len(fitting))))
    trainer.phase(fitting)


def seconds(call: Callable[[], object]) -> float:
    """Return the processor time of a call."""
    started = time.process_time()
    call()
    return time.process_time() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=73)
    parser.add_argument("--seeds", type=int, default=3)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    collect_garbage_rarely()  # as commands and workers do
    keep_freed_memory()
    windows = study(chosen.people)
    signals = sum(values.nbytes for values in windows.X.values()) / 2**20
    made, before = folds(windows), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    set_up(StudyWindows(windows.take(made[0].test), CPU), _halves(WINDOWS_OF_A_PERSON), 0, 0)  # imports
    shared = study_windows(windows, CPU)
    times = [
        [seconds(lambda n=number, f=fold, s=seed: set_up(shared, f, s, n)) for number, fold in enumerate(made)]
        for seed in range(chosen.seeds)
    ]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{chosen.people} people, {len(windows):,} windows, {signals:.0f} MiB of signals")
    print(f"set-up of all {chosen.people * chosen.seeds} jobs: {sum(map(sum, times)):.2f} s (aim 3)")
    print(f"first job {times[0][0]:.3f} s; a later fold {1e3 * np.median(times[0][1:]):.1f} ms")
    if chosen.seeds > 1:
        print(f"a second seed over the first job: {np.median(times[1]) / times[0][0]:.3f} (aim .05)")
    print(
        f"memory of the set-up beside the study: {peak - before:.0f} MiB, {(peak - before) / signals:.2f} x its signals"
    )
    own = StudyWindows(windows, CPU, shares=False)
    alone = np.median([seconds(lambda n=n: set_up(own, made[n], 0, n)) for n in range(3)])
    print(f"control, each fold on a copy: {alone:.2f} s a job, {alone * chosen.people * chosen.seeds:.0f} s in all")
    by_subject = [seconds(lambda n=n, f=f: set_up(shared, f, 0, n, "subject")) for n, f in enumerate(made)]
    alone = np.median([seconds(lambda n=n: set_up(own, made[n], 0, n, "subject")) for n in range(3)])
    print(f"by subject: first job {by_subject[0]:.2f} s, a later fold {1e3 * np.median(by_subject[1:]):.1f} ms")
    print(f"by subject: all folds over fits on copies: {sum(by_subject) / (alone * len(made)):.3f} (aim .1)")
    with tempfile.TemporaryDirectory() as folder:
        for cls in (Uniform, Mean):
            spec = variant_spec(cls.name, block(cls), block(Unused), block(ZScore), [block(ZScore)])
            opener, spent = partial(RunContext, {cls.name: spec}), []
            for fold in made:
                job = Job(cls.name, 0, fold.label, Path(folder) / "jobs" / cls.name / "0" / fold.label)
                spent.append(seconds(partial(run_job, opener, FoldJob(job, fold, 0), windows, "cpu")))
                if not (job.folder / "predictions.npz").exists():
                    raise RuntimeError((job.folder / "job.log").read_text(encoding="utf-8"))
            print(f"{cls.name}: {1e3 * np.median(spent[1:]):.1f} ms a job (aim 10)")


def _halves(n: int) -> Fold:
    return Fold(np.arange(n // 2), np.arange(n // 2, n), np.arange(0), "halves")


if __name__ == "__main__":
    main()
