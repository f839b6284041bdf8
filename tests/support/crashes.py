"""End a process at a chosen write, sync or rename in a run folder, as a crash of the machine would."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any


class WriteFaults:
    """Count the operations that change a folder, and end the process at one of them.

    Args:
        folder: text that the paths of interest contain.
        fatal: the number of the operation at which the process ends, from 1; 0 for none.
    """

    def __init__(self, folder: Path, fatal: int) -> None:
        self.folder, self.fatal, self.operations = str(folder), fatal, []  # type: tuple[str, int, list[str]]

    def install(self) -> "WriteFaults":
        """Replace the functions that write files, for the rest of the process."""
        opened, fsync = Path.open, os.fsync

        def open_counted(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            file = opened(path, mode, *arguments, **options)
            return CountedFile(file, path, self) if set(mode) & set("wax+") and self.concerns(path) else file

        def fsync_counted(descriptor: int) -> None:
            self.step(f"fsync {descriptor}")
            fsync(descriptor)

        Path.open = open_counted  # type: ignore[method-assign,assignment]
        os.fsync = fsync_counted
        for name in ("replace", "rename", "unlink", "mkdir"):
            setattr(Path, name, self.counted(name, getattr(Path, name)))
        return self

    def counted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Path, *arguments: Any, **options: Any) -> Any:
            if self.concerns(path):
                self.step(f"{name} {path.name}")
            return function(path, *arguments, **options)

        return call

    def concerns(self, path: Path) -> bool:
        return str(path).startswith(self.folder)

    def step(self, name: str, before: Callable[[], object] = lambda: None) -> None:
        """Count an operation; where it is the fatal one, do half of it and end the process."""
        self.operations.append(name)
        if len(self.operations) == self.fatal:
            before()
            os.kill(os.getpid(), signal.SIGKILL)


class CountedFile:
    """Stand for an open file whose writes are counted; the fatal write writes half of its content."""

    def __init__(self, file: Any, path: Path, faults: WriteFaults) -> None:
        self.file, self.path, self.faults = file, path, faults

    def write(self, content: Any) -> int:
        def write_half() -> None:
            self.file.write(content[: len(content) // 2])
            self.file.flush()

        self.faults.step(f"write {self.path.name}", write_half)
        return int(self.file.write(content))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __enter__(self) -> "CountedFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


def in_fork(call: Callable[[], object]) -> int:
    """Run a call in a copy of this process; return its exit status, or minus the signal that ended it."""
    process = os.fork()
    if process == 0:
        status = 70
        try:
            call()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
