"""Limits of a job."""

import sys

import numpy as np
import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.jobs.limits import NO_LIMITS, JobLimits, allocation_error, check_limits, memory_limit


@pytest.mark.skipif(sys.platform != "linux", reason="the system cannot limit memory")
def test_allocation_above_the_limit_fails_with_a_message_that_names_the_option() -> None:
    with memory_limit(64.0):
        with pytest.raises(MemoryError) as raised:
            np.ones(2**24)
        assert allocation_error(raised.value) == "it needs more memory than --job-memory 64 (MiB) allows: "
        torch_error = RuntimeError("DefaultCPUAllocator: can't allocate memory")
        assert "--job-memory" in allocation_error(torch_error)
        assert allocation_error(ValueError("no")) == ""
    assert len(np.ones(2**24)) == 2**24
    assert allocation_error(MemoryError()) == "", "without a limit of ours there is nothing to say about it"


def test_limits_of_a_cluster_are_refused() -> None:
    check_limits(NO_LIMITS, "tcp://127.0.0.1:1")
    with pytest.raises(UsageError, match="they exclude --dask"):
        check_limits(JobLimits(seconds=1.0), "tcp://127.0.0.1:1")
