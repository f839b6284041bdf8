"""Worker processes: one that dies ends its own call and no other."""

import operator
import os
import signal
import time

import pytest

from mpcl_core.jobs.worker_pool import Ended, ThisProcess, WorkerPool


def results(pool: WorkerPool | ThisProcess) -> dict[object, Ended]:
    found: dict[object, Ended] = {}
    while pool.is_busy:
        found |= {ended.key: ended for ended in pool.wait()}
    return found


def test_this_process_runs_one_call_at_a_time() -> None:
    with ThisProcess() as pool:
        assert pool.has_room
        pool.start("mine", os.getpid)
        assert not pool.has_room
        assert results(pool)["mine"].result == os.getpid()


@pytest.mark.slow
def test_process_that_dies_ends_its_own_call_and_names_the_cause() -> None:
    with WorkerPool(2) as pool:
        pool.start("exit", os._exit, 3)
        pool.start("sleep", time.sleep, 0.2)
        assert not pool.has_room
        ended = results(pool)
        death = ended["exit"].death
        assert death is not None
        assert (death.cause, death.has_begun, death.is_certain) == ("it exited with status 3", True, False)
        assert ended["sleep"].death is None
        pool.start("signal", signal.raise_signal, signal.SIGSEGV)
        pool.start("sum", operator.add, 1, 2)
        ended = results(pool)
        assert ended["sum"].result == 3
        assert ended["signal"].death is not None
        assert ended["signal"].death.cause == "it was ended by signal SIGSEGV"


@pytest.mark.slow
def test_limit_closed_descriptors_and_errors_of_a_call_are_told_apart() -> None:
    with WorkerPool(2) as pool:
        pool.start("slow", time.sleep, 60.0, limit=0.3)
        pool.start("closed", os.closerange, 3, 100)
        ended = results(pool)
        slow, closed = ended["slow"].death, ended["closed"].death
        assert slow is not None
        assert closed is not None
        assert (slow.cause, slow.is_certain) == ("it took longer than 0.3 s (--job-timeout)", True)
        assert (closed.cause, closed.is_certain) == ("it closed file descriptors that are not its own", True)
        pool.start("wrong", operator.truediv, 1, 0)
        with pytest.raises(ZeroDivisionError):
            pool.wait()
        pool.start("interrupt", signal.raise_signal, signal.SIGINT)
        assert results(pool)["interrupt"].death is None, "only the supervising process stops for Ctrl-C"
