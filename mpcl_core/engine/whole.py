"""Files that are there whole or not at all, whenever a process is killed."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write the file, or replace it.

    Raises:
        OSError: it cannot be written; what was there before is still there.
    """
    partial = path.with_name(f"{path.name}.partial")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
