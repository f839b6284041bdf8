"""What interrupts a run becomes a message with the command that resumes it."""

import errno
from pathlib import Path

import pytest

from mpcl_core.app.running.interruption import InterruptedRunError, explain_interruption
from mpcl_core.jobs.tasks import WorkerLostError


@pytest.mark.parametrize(
    ("error", "message", "code"),
    [
        (KeyboardInterrupt(), "Stopped. Finished jobs are stored.", 130),
        (WorkerLostError("a worker was lost"), "a worker was lost. Finished jobs are stored.", 1),
        (OSError(errno.EACCES, "Permission denied", "x.npz"), "x.npz: Permission denied. Finished", 1),
        (OSError(errno.EROFS, "Read-only file system"), "run: Read-only file system. Finished", 1),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full", 1),
    ],
)
def test_interruption_names_the_command(error: BaseException, message: str, code: int) -> None:
    with pytest.raises(InterruptedRunError) as found, explain_interruption(Path("run")):
        raise error
    assert message in str(found.value)
    assert "Resume with: mpcl run --resume run" in str(found.value)
    assert found.value.exit_code == code


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), ValueError("x")])
def test_other_errors_pass(error: Exception) -> None:
    with pytest.raises(type(error)), explain_interruption(Path("run")):
        raise error


def test_nothing_happens_without_an_interruption() -> None:
    with explain_interruption(Path("run")):
        pass
