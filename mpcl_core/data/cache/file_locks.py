"""Mark files that are in use, so that none of them is removed.

A lock (``flock``) belongs to an open file and ends when that is closed, however its process ends. A memory map keeps a
duplicate of the open file: a file that is marked and then mapped is in use for as long as the array lives. Windows
needs none of this, since it removes no file that is open or mapped.
"""

import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO
from uuid import uuid4


def mark_in_use(file: IO[bytes]) -> None:
    """Mark a file as in use for as long as it is open or mapped.

    On a file system without locks this does nothing.

    Args:
        file: the open file.

    Raises:
        BlockingIOError: it is being removed.
    """
    try:
        _lock(file, exclusive=False)
    except BlockingIOError:
        raise
    except OSError:
        return


def remove_unused(folder: Path) -> bool:
    """Remove a folder of files unless one of them is, or may be, in use.

    Args:
        folder: the folder.

    Returns:
        Whether it was removed.
    """
    with ExitStack() as stack:
        try:
            if sys.platform != "win32":
                for path in folder.iterdir():
                    _lock(stack.enter_context(path.open("r+b")), exclusive=True)
            moved = move_aside(folder)
        except OSError:
            return False
    shutil.rmtree(moved, ignore_errors=True)
    return True


def move_aside(folder: Path) -> Path:
    """Rename a folder, so that its place is free at once.

    Args:
        folder: the folder.

    Returns:
        Where it is now.

    Raises:
        OSError: it cannot be moved.
    """
    return folder.rename(folder.with_name(f".gone-{uuid4().hex}"))


def _lock(file: IO[bytes], exclusive: bool) -> None:
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
