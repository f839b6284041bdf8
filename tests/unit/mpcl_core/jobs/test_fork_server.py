"""Worker processes are forked from a server that has imported modules, and end with the run."""

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from mpcl_core.jobs.fork_server import LOST, can_fork
from mpcl_core.jobs.worker_pool import WorkerPool

pytestmark = pytest.mark.skipif(not can_fork(), reason="workers are not forked here")

STDERR = Path("/proc/self/fd/2")

SCRIPT = """
import sys, time
from pathlib import Path
from mpcl_core.jobs.worker_pool import WorkerPool
from test_fork_server import write_until_killed
Path(sys.argv[1]).open("a").write("run;")
with WorkerPool(1) as pool:
    pool.start("", write_until_killed, Path(sys.argv[2]))
    pool.wait()
"""


def describe_process(module: str) -> tuple[int, int, str, str, str, int]:
    """Return the parent, whether a module was imported, and what the process has of the one that started the pool."""
    imported, name = module in sys.modules, os.environ.get("MPCL_STARTED", "")
    return os.getppid(), imported, name, str(Path.cwd()), str(STDERR.readlink()), threading.active_count()


def write_until_killed(journal: Path) -> None:
    for number in range(600):
        journal.write_text(f"{os.getppid()} {number}")
        time.sleep(0.05)


def leave_notes(file: Path) -> None:
    """Register functions that write at exit, as libraries do, and leave an object that writes when it is deleted."""
    atexit.register(file.write_text, "at exit")
    sys.stdout.write("written")
    LEFT.append(Deleted(file))


LEFT: list["Deleted"] = []


class Deleted:
    def __init__(self, file: Path) -> None:
        self.file = file

    def __del__(self) -> None:
        self.file.with_name("deleted").write_text("by the interpreter")


def results(pool: WorkerPool) -> dict[object, Any]:
    found: dict[object, Any] = {}
    while pool.is_busy:
        found |= {ended.key: ended for ended in pool.wait()}
    return found


def wait_for(file: Path) -> str:
    for _ in range(600):
        if file.exists() and (text := file.read_text()):
            return text
        time.sleep(0.05)
    raise TimeoutError(file)


@pytest.mark.slow
def test_workers_share_imported_modules_and_have_the_environment_of_their_pool(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    parents = set()
    for started in ("first", "second"):
        folder = tmp_path / started
        folder.mkdir()
        monkeypatch.setenv("MPCL_STARTED", started)
        monkeypatch.chdir(folder)
        with WorkerPool(2, ["wave"]) as pool:
            for key in (1, 2):
                pool.start(key, describe_process, "wave")
            found = [ended.result for ended in results(pool).values()]
        assert found[0] == found[1]
        parent, *rest = found[0]
        assert parent != os.getpid()
        assert rest == [True, started, str(folder), str(STDERR.readlink()), 2], "the second thread watches"
        parents.add(parent)
    assert len(parents) == 2


@pytest.mark.slow
def test_worker_runs_what_libraries_register_at_exit_and_does_not_take_modules_apart(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with WorkerPool(1) as pool:
        pool.start("", leave_notes, tmp_path / "notes")
        results(pool)
    assert wait_for(tmp_path / "notes") == "at exit"
    assert capfd.readouterr().out == "written"
    assert not (tmp_path / "deleted").exists()


@pytest.mark.slow
def test_killed_server_ends_its_workers_and_is_replaced(tmp_path: Path) -> None:
    with WorkerPool(1) as pool:
        pool.start("lost", write_until_killed, tmp_path / "journal")
        server = int(wait_for(tmp_path / "journal").split()[0])
        os.kill(server, signal.SIGKILL)
        death = results(pool)["lost"].death
        assert death is not None
        assert death.cause == f"it was ended by signal {signal.Signals(-LOST).name} (by the system, if memory ran out)"
        pool.start("next", os.getppid)
        assert results(pool)["next"].result not in (server, os.getpid())


@pytest.mark.slow
def test_killed_run_leaves_no_worker_and_a_script_without_guard_runs_once(tmp_path: Path) -> None:
    script, runs, journal = tmp_path / "script.py", tmp_path / "runs", tmp_path / "journal"
    script.write_text(SCRIPT)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])}
    run = subprocess.Popen([sys.executable, str(script), str(runs), str(journal)], env=environment)
    server = int(wait_for(journal).split()[0])
    run.kill()
    run.wait()
    time.sleep(0.5)
    last = journal.read_text()
    time.sleep(0.3)
    assert journal.read_text() == last, "a worker still writes"
    command = Path(f"/proc/{server}/cmdline")
    assert not command.exists() or not command.read_bytes(), "the server still runs"
    assert runs.read_text() == "run;"
