"""Keep the processes that run jobs of one run folder apart, with locks in a hidden folder beside it.

A process claims a shard, ``1/1`` for the whole run. Shards of the same N exclude each other only by their number; any
other two claims exclude each other. A claim ends with its process, however that ends. Claims are made and ended while a
further lock, the gate, is held. The locks lie beside the run folder, which is renamed when the run is finished.

The workers of a cluster lock each job as well: a scheduler that lost sight of a worker gives its jobs to another one,
though the first may still be running them.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.layout import final, locks_folder, run_of_job
from mpcl_core.runs.shard import WHOLE, Shard

if TYPE_CHECKING:
    from filelock import BaseFileLock

GATE = "gate.lock"
JOB = "job"
CLAIM = re.compile(r"shard-([0-9]+)-of-([0-9]+)\.lock")


class RunLocks:
    """Lock a run folder for one process.

    Args:
        run: the final path of the run folder, which need not exist.
    """

    def __init__(self, run: Path) -> None:
        self.run = run.resolve()
        self.folder = locks_folder(self.run)
        self._held: dict[Shard, BaseFileLock] = {}
        self._gate: BaseFileLock | None = None

    @contextmanager
    def gate(self) -> Iterator[None]:
        """Hold the gate inside the context: no other process makes or ends a claim; may be nested.

        Yields:
            Nothing.

        Raises:
            OSError: the folder of the locks cannot be made.
        """
        if self._gate is not None:
            yield
            return
        self._gate = self._open_gate()
        try:
            yield
        finally:
            self._remove_unused()
            self._gate.release()
            self._gate = None

    def claim(self, shard: Shard) -> None:
        """Keep a shard for this process.

        Args:
            shard: the shard; the whole run where there is one only.

        Raises:
            UsageError: another process has a claim that excludes it.
            OSError: the folder of the locks cannot be made.
        """
        with self.gate():
            for other in self._claims():
                is_compatible = other.count == shard.count and other.index != shard.index
                if not is_compatible and other not in self._held and not self._try(other):
                    raise UsageError(_refusal(self.run, shard, other))
            if not self._try(shard, keep=True):
                raise UsageError(_refusal(self.run, shard, shard))

    def end(self, is_over: Callable[[], bool]) -> bool:
        """End the claims of this process, unless it is the last process of a run that is over.

        That one claims the whole run in place of its shard, so that exactly one process finishes a run.

        Args:
            is_over: returns whether every job of the run has ended.

        Returns:
            Whether this process has to finish the run; its claim of the whole run stands until `release`.
        """
        with self.gate():
            others = [other for other in self._claims() if other not in self._held]
            is_last = all(map(self._try, others)) and is_over()
            if is_last and WHOLE not in self._held:
                self.claim(WHOLE)
            if not is_last:
                self.release()
            return is_last

    def is_alone(self) -> bool:
        """Return whether no other process has a claim.

        Returns:
            Whether this process may remove the folder.
        """
        with self.gate():
            return all(self._try(other) for other in self._claims() if other not in self._held)

    def release(self) -> None:
        """End all claims of this process."""
        if not self._held:
            return
        with self.gate():
            for lock in self._held.values():
                lock.release()
            self._held = {}

    def _open_gate(self) -> "BaseFileLock":
        from filelock import FileLock

        while True:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / GATE)
            with suppress(FileNotFoundError):  # a process that ended its claim has removed the folder just now
                lock.acquire()
                return lock

    def _try(self, shard: Shard, keep: bool = False) -> bool:
        """Try to lock a claim.

        Args:
            shard: the claim.
            keep: whether it becomes a claim of this process; else it is given back at once.

        Returns:
            Whether no other process has it.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / f"shard-{shard.index}-of-{shard.count}.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return False
        if keep:
            self._held[shard] = lock
        else:
            lock.release()
        return True

    def _claims(self) -> list[Shard]:
        names = sorted(path.name for path in self.folder.glob("shard-*.lock"))
        return [Shard(int(found[1]), int(found[2])) for name in names if (found := CLAIM.fullmatch(name))]

    def _remove_unused(self) -> None:
        """Remove the files of claims that nobody has, and the folder where there are no others."""
        for shard in self._claims():
            if shard not in self._held and self._try(shard):
                with suppress(OSError):
                    (self.folder / f"shard-{shard.index}-of-{shard.count}.lock").unlink()
        if not self._claims():
            with suppress(OSError):
                for lock in self.folder.glob(f"{JOB}-*.lock"):
                    lock.unlink()
                (self.folder / GATE).unlink()
                self.folder.rmdir()


@contextmanager
def job_locks(jobs: Sequence[Path]) -> Iterator[None]:
    """Keep jobs of a run for this process inside the context; wait for a process that has one of them.

    The lock of a process that is killed ends with it. The files are removed with the last claim of the run.

    Args:
        jobs: the folders of the jobs.

    Yields:
        Nothing.

    Raises:
        OSError: the folder of the locks cannot be made.
    """
    from filelock import FileLock

    with ExitStack() as held:
        for job in sorted(jobs):  # in one order, so that no two processes wait for each other
            folder = locks_folder(final(run_of_job(job)))
            folder.mkdir(parents=True, exist_ok=True)
            name = sha256("/".join(job.parts[-3:]).encode(errors="surrogateescape")).hexdigest()[:32]
            held.enter_context(FileLock(folder / f"{JOB}-{name}.lock"))
        yield


def _refusal(run: Path, shard: Shard, other: Shard) -> str:
    if other.has_all_jobs:
        return f"{run} is being run by another process"
    if shard == other:
        return f"shard {shard} of {run} is being run by another process"
    return f"{run} is being run by another process, as shard {other}"
