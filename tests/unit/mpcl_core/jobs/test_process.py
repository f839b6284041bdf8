"""Processes end quickly, and with their parent."""

import platform
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mpcl_core.jobs.process import EVERY

CHILD = """
import os, sys, time
from pathlib import Path
from mpcl_core.jobs.process import exit_with_parent
exit_with_parent(os.getppid())
exit_with_parent(os.getppid())
Path(sys.argv[1]).write_text(str(os.getpid()))
for number in range(300):
    time.sleep(0.1)
    Path(sys.argv[2]).write_text(str(number))
"""

PARENT = """
import subprocess, sys, time
from pathlib import Path
subprocess.Popen([sys.executable, "-c", sys.argv[1], *sys.argv[2:]])
while not Path(sys.argv[2]).exists():
    time.sleep(0.05)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="processes have no new parent there")
def test_worker_exits_when_its_parent_has_ended(tmp_path: Path) -> None:
    started, journal = tmp_path / "pid", tmp_path / "journal"
    subprocess.run([sys.executable, "-c", PARENT, CHILD, str(started), str(journal)], check=True, timeout=60)
    time.sleep(10 * EVERY)
    last = journal.read_text() if journal.exists() else ""
    time.sleep(5 * EVERY)
    assert (journal.read_text() if journal.exists() else "") == last, "it still writes"


def test_worker_runs_while_its_parent_does(tmp_path: Path) -> None:
    code = CHILD.replace("range(300)", "range(5)")
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "pid"), str(tmp_path / "n")], check=True, timeout=60)
    assert (tmp_path / "n").read_text() == "4"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other allocators have no such limits")
def test_command_keeps_freed_memory() -> None:
    """Memory that goes back to the system causes a page fault for each 4 KiB that are used again."""
    code = (
        "import numpy as np, resource\n"
        "from mpcl_core.cli.main import main\n"
        "main(['list', 'recipes'])\n"
        "def faults(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "def work(): return [np.ones(400_000) for _ in range(3)]\n"
        "work()\n"
        "before = faults()\n"
        "work()\n"
        "print(faults() - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert int(done.stdout.splitlines()[-1]) < 100, "three arrays of 781 pages each were taken from the system again"


@pytest.mark.parametrize(("imported", "displayed"), [("", "True 50000"), ("triton", "False 50000")])
def test_command_collects_garbage_rarely_and_not_at_exit(imported: str, displayed: str) -> None:
    """Triton prints what is not collected at exit."""
    code = (
        "import atexit, gc, sys, types\n"
        "from mpcl_core.cli.main import main\n"
        "atexit.register(lambda: print(gc.get_freeze_count() > 0, gc.get_threshold()[0]))\n"
        "main(['list', 'recipes'])\n"
        f"sys.modules.update((name, types.ModuleType(name)) for name in {imported.split()})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.endswith(f"{displayed}\n")
