"""Runs that end before their end, and how to go on."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mpcl_core.interfaces.errors import UserError, is_disk_full
from mpcl_core.jobs.runner import WorkerLostError


class StoppedError(UserError):
    """A run was stopped before its end, and can be finished.

    Args:
        message: why, and how to go on.
        exit_code: what the command line returns.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@contextmanager
def resumable(folder: Path) -> Iterator[None]:
    """Whatever stops the run inside, the user is told how to go on.

    Raises:
        StoppedError: the user, a full disk, a file that may not be opened or a lost process has stopped it.
    """
    again = f"What was done is kept. Go on with: mpcl run --resume {folder}"
    try:
        yield
    except KeyboardInterrupt:
        raise StoppedError(f"Stopped. {again}", 130) from None
    except WorkerLostError as error:
        raise StoppedError(f"{error}. {again}") from None
    except OSError as error:
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise StoppedError(f"{error.filename or folder}: {error.strerror}. {again}") from None
        if not is_disk_full(error):
            raise
        raise StoppedError(f"The disk is full ({error}). {again}, when there is room.") from None
