"""Run one job as a worker of a cluster: python job_of_two_workers.py FOLDER; two at a time begin at the same moment."""

import os
import sys
import time
from pathlib import Path

from mpcl_core.interfaces.data import Job, WindowSet
from mpcl_core.jobs.execution import FoldJob
from mpcl_core.jobs.tasks import Part, run_part
from mpcl_core.jobs.workers import WorkerSettings
from mpcl_plugins.estimators.mean import Mean
from support.specs import block
from support.trainers import FOLD, learnable, opened

FOLDER = Path(sys.argv[1])


class SlowMean(Mean):
    """The mean, whose fit takes a second and states its process."""

    def fit(self, windows: WindowSet) -> "SlowMean":
        with (FOLDER / "fits").open("a") as file:
            file.write(f"{os.getpid()}\n")
        time.sleep(1)
        super().fit(windows)
        return self


if __name__ == "__main__":
    job = Job("net", 0, "f", FOLDER / "run.partial" / "jobs" / "net" / "0" / "f")
    (FOLDER / f"ready-{os.getpid()}").touch()
    while len(list(FOLDER.glob("ready-*"))) < 2:
        time.sleep(0.01)
    settings = WorkerSettings(jobs=1, device="cpu", dask="tcp://127.0.0.1:9")
    part = Part(0, [FoldJob(job, FOLD, 0)], 1)
    (outcome,) = run_part(lambda: opened(block(SlowMean)), part, learnable(), settings, 0)
    (FOLDER / f"outcome-{os.getpid()}").write_text(f"{outcome.metrics['kl_divergence']} {outcome.error}")
