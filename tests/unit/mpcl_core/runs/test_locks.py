"""Keep processes that run jobs of one run folder apart."""

import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.locks import RunLocks, job_locks
from mpcl_core.runs.shard import WHOLE, Shard


def claimed(run: Path, shard: Shard) -> RunLocks:
    locks = RunLocks(run)
    locks.claim(shard)
    return locks


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (WHOLE, WHOLE, r"^\S+run is being run by another process$"),
        (WHOLE, Shard(1, 4), r"^\S+run is being run by another process$"),
        (Shard(2, 4), Shard(2, 4), r"^shard 2/4 of \S+run is being run by another process$"),
        (Shard(1, 3), Shard(2, 4), r"^\S+run is being run by another process, as shard 1/3$"),
        (Shard(1, 3), WHOLE, r"^\S+run is being run by another process, as shard 1/3$"),
    ],
)
def test_claims_that_share_jobs_exclude_each_other(first: Shard, second: Shard, message: str, tmp_path: Path) -> None:
    holder = claimed(tmp_path / "run", first)
    with pytest.raises(UsageError, match=message):
        claimed(tmp_path / "run", second)
    holder.release()
    claimed(tmp_path / "run", second).release()
    assert not list(tmp_path.iterdir())


def test_shards_of_one_division_run_at_a_time_and_the_last_one_finishes(tmp_path: Path) -> None:
    shards = [claimed(tmp_path / "run", Shard(index, 3)) for index in (1, 2, 3)]
    assert not shards[0].is_alone()
    assert not shards[0].end(lambda: False)
    assert not shards[1].end(lambda: True)
    assert shards[2].end(lambda: True)
    with pytest.raises(UsageError, match=r"is being run by another process$"):
        claimed(tmp_path / "run", Shard(1, 3))
    shards[2].release()
    assert not list(tmp_path.iterdir())


def test_last_shard_leaves_jobs_that_have_not_ended(tmp_path: Path) -> None:
    shard = claimed(tmp_path / "run", Shard(1, 2))
    assert not shard.end(lambda: False)
    claimed(tmp_path / "run", WHOLE).release()


def test_claim_of_a_process_that_was_killed_is_free(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys; from mpcl_core.runs.locks import RunLocks; from mpcl_core.runs.shard import Shard;"
        "RunLocks(pathlib.Path(sys.argv[1])).claim(Shard(1, 2)); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "run")], check=False)
    assert list(tmp_path.rglob("shard-1-of-2.lock"))
    claimed(tmp_path / "run", WHOLE).release()
    assert not list(tmp_path.iterdir())


def test_lock_of_a_job_ends_with_a_process_that_was_killed_and_its_file_with_the_run(tmp_path: Path) -> None:
    run = claimed(tmp_path / "run", WHOLE)
    job = tmp_path / "run.partial" / "jobs" / "mean" / "0" / "f"
    code = (
        "import os, pathlib, sys; from mpcl_core.runs.locks import job_locks;"
        "held = job_locks([pathlib.Path(sys.argv[1])]); held.__enter__(); print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(job)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        (lock,) = tmp_path.rglob("job-*.lock")
        with pytest.raises(Timeout):
            FileLock(lock).acquire(blocking=False)
        holder.kill()
    with job_locks([job]):
        pass
    run.release()
    assert not list(tmp_path.iterdir())
