"""Show how far a run is: a live table in a terminal, plain lines otherwise.

Jobs may run in other processes, so the table is read from the journals (``metrics.jsonl``) that they write.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from mpcl_core.interfaces.data import Job
from mpcl_core.runs.layout import JOURNAL
from mpcl_core.toolkit.bounded_json import parse_json

if TYPE_CHECKING:
    from mpcl_core.jobs.execution import JobOutcome

REFRESH = 0.5
"""Seconds between two updates of the table."""
TABLE_JOBS = 16
"""Jobs in the table, at most."""


@dataclass(frozen=True)
class ProgressDisplay:
    """State where the progress of a run is shown.

    Args:
        on_message: called with each line.
        console: a terminal in which a live table is shown; None for none.
        on_progress: called with the number of jobs that have ended, of all jobs, and of failed jobs.
    """

    on_message: Callable[[str], None]
    console: Console | None = None
    on_progress: Callable[[int, int, int], None] | None = None


class Progress:
    """Show the progress of a run, as a context.

    Args:
        jobs: the jobs that are to be run, in their order.
        done: how many jobs of the run had succeeded before.
        parallel: how many run at a time.
        display: where to show it.
    """

    def __init__(self, jobs: Sequence[Job], done: int, parallel: int, display: ProgressDisplay) -> None:
        self.waiting = {job.folder: job for job in jobs}
        self.total, self.parallel, self.display = done + len(jobs), parallel, display
        self.done, self.failed = done, 0
        self.started = time.monotonic()
        self.durations: dict[str, list[float]] = {}
        self._stop = threading.Event()
        self._mutex = threading.Lock()
        console = display.console
        has_table = console is not None and console.is_terminal
        self._live = Live(console=console, transient=True, auto_refresh=False) if has_table else None
        self._thread = threading.Thread(target=self._refresh, daemon=True)

    def __enter__(self) -> "Progress":
        if self._live:
            self._live.start()
            self._thread.start()
        self._report_progress()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._live:
            self._thread.join()
            self._live.stop()

    def on_job_ended(self, outcome: "JobOutcome") -> None:
        """Print a line for a job that succeeded or failed.

        Args:
            outcome: how it ended.
        """
        with self._mutex:
            self.waiting.pop(outcome.job.folder, None)
            self.done += 1
            self.failed += bool(outcome.error)
            self.durations.setdefault(outcome.job.variant, []).append(outcome.seconds)
        result = outcome.error or f"KL {outcome.metrics['kl_divergence']:z.4f}" + _epochs(outcome.job.folder)
        self.display.on_message(f"[{self.done}/{self.total}] {_title(outcome.job)}: {result}{self._time_left()}")
        self._report_progress()

    def _report_progress(self) -> None:
        if self.display.on_progress:
            self.display.on_progress(self.done, self.total, self.failed)

    def _time_left(self) -> str:
        if self.done == self.total:
            return f"; {time.monotonic() - self.started:.0f} s in all"
        mean = {variant: sum(seconds) / len(seconds) for variant, seconds in self.durations.items()}
        longest = max(mean.values())
        left = sum(mean.get(job.variant, longest) for job in self.waiting.values()) / self.parallel
        estimate = "at least" if any(job.variant not in mean for job in self.waiting.values()) else "about"
        return f"; {estimate} {_duration(left)} left"

    def _refresh(self) -> None:
        while not self._stop.wait(REFRESH):
            if self._live:
                self._live.update(self._render(), refresh=True)

    def _render(self) -> Group:
        with self._mutex:
            waiting = list(self.waiting.items())
        table = Table("job", "phase", "epoch", "loss", "validation KL", "time left", box=None)
        running = [(folder, job) for folder, job in waiting if (folder / JOURNAL).exists()]
        for folder, job in running[:TABLE_JOBS]:
            table.add_row(_title(job), *_cells(_last_epoch(folder)))
        if running[TABLE_JOBS:]:
            table.add_row(f"… and {len(running) - TABLE_JOBS} more")
        bar = ProgressBar(self.total, self.done, width=40)
        left = self._time_left() if self.done else ""
        return Group(table, bar, Text(f"{self.done} of {self.total} jobs, {self.failed} failed{left}"))


def _title(job: Job) -> str:
    return f"{job.variant} seed {job.seed} fold {job.fold}"


def _cells(last: dict[str, Any]) -> tuple[str, ...]:
    if "epoch" not in last:
        return ()
    left = _duration(last["seconds"] * last.get("cohort", 1) * (last["of"] - last["epoch"]))
    numbers = [last.get("loss"), last.get("validation_kl")]
    loss, kl = ("" if number is None else f"{number:z.4f}" for number in numbers)
    return str(last["phase"]), f"{last['epoch']}/{last['of']}", loss, kl, f"< {left}"


def _epochs(folder: Path) -> str:
    """Describe how many epochs the job's network was trained.

    Returns:
        The end of a progress line; empty where the job has no network.
    """
    last = _journal_end(folder)[-1:]
    if not last or "epochs" not in last[0]:
        return ""
    epochs = last[0]["epochs"]
    return f", {epochs} epoch{'' if epochs == 1 else 's'}"


def _last_epoch(folder: Path) -> dict[str, Any]:
    """Read the last complete line of a journal that is about an epoch.

    Returns:
        Its values; empty before the first.
    """
    epochs = [values for values in _journal_end(folder) if "epoch" in values]
    return epochs[-1] if epochs else {}


def _journal_end(folder: Path) -> list[dict[str, Any]]:
    """Read the last two complete lines of a journal.

    Returns:
        Their values.
    """
    try:
        lines = (folder / JOURNAL).read_bytes().split(b"\n")[:-1]
        values = [parse_json(line) for line in lines[-2:]]
    except (FileNotFoundError, ValueError):
        return []
    return [each for each in values if isinstance(each, dict)]


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
