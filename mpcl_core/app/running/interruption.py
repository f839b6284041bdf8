"""Turn what interrupts a run into a message that says how to resume it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mpcl_core.interfaces.errors import UserError, is_access_refused, is_disk_full
from mpcl_core.jobs.tasks import WorkerLostError


class InterruptedRunError(UserError):
    """Report that a run was interrupted and can be resumed.

    Args:
        message: the reason, and the command that resumes the run.
        exit_code: what the command line returns.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@contextmanager
def explain_interruption(folder: Path) -> Iterator[None]:
    """Replace whatever interrupts the block by an error that says how to resume the run.

    Args:
        folder: the run folder.

    Yields:
        Nothing.

    Raises:
        InterruptedRunError: the user, a full disk, a file that may not be opened or a lost process has interrupted it.
    """
    advice = f"Finished jobs are stored. Resume with: mpcl run --resume {folder}"
    try:
        yield
    except KeyboardInterrupt:
        raise InterruptedRunError(f"Stopped. {advice}", 130) from None
    except WorkerLostError as error:
        raise InterruptedRunError(f"{error}. {advice}") from None
    except OSError as error:
        if is_access_refused(error):
            raise InterruptedRunError(f"{error.filename or folder}: {error.strerror}. {advice}") from None
        if not is_disk_full(error):
            raise
        raise InterruptedRunError(f"The disk is full ({error}). {advice}, when there is room.") from None
