"""Files that are there whole or not at all, whenever a process is killed."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mpcl_core.runs.layout import PARTIAL


def write_whole(path: Path, content: bytes) -> None:
    """Write the file, or replace it.

    Raises:
        OSError: it cannot be written; what was there before is still there.
    """
    partial = path.with_name(f"{path.name}{PARTIAL}")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """The same for a JSON file.

    Raises:
        OSError: as `write_whole`.
    """
    write_whole(path, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())
