"""Jobs whose process has died."""

import json
from pathlib import Path

from mpcl_core.interfaces.data import Job
from mpcl_core.jobs.dead_jobs import end_dead_job, lost_outcome
from mpcl_core.jobs.worker_pool import Death
from mpcl_core.runs.finished_jobs import is_interrupted

DEATH = Death("it was ended by signal SIGSEGV", 1.5)


def test_job_is_run_again_after_one_death_and_has_failed_after_two(tmp_path: Path) -> None:
    job = Job("net", 0, "f", tmp_path / "job")
    assert end_dead_job(job, DEATH) is None
    assert is_interrupted(job.folder)
    assert lost_outcome(job) is None
    outcome = end_dead_job(job, DEATH)
    assert outcome is not None
    assert outcome.error.startswith(
        "the process of job net/0/f died twice at the same place; the last time it was ended"
    )
    assert json.loads((job.folder / "cost.json").read_text()) == {"seconds": 1.5, "peak_mib": None}
    assert (job.folder / "job.log").read_text().count("SIGSEGV") == 2
    later = lost_outcome(job)
    assert later is not None
    assert later.error == outcome.error


def test_death_that_the_job_caused_for_certain_is_a_failure_that_a_resume_tries_again(tmp_path: Path) -> None:
    job = Job("net", 0, "f", tmp_path)
    outcome = end_dead_job(job, Death("it took longer than 5 s (--job-timeout)", 5.0, is_certain=True))
    assert outcome is not None
    assert outcome.error == "the process of job net/0/f died: it took longer than 5 s (--job-timeout)"
    assert lost_outcome(job) is None
