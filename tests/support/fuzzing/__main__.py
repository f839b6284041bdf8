"""Run some cases of damaged files in this process: ``python -m support.fuzzing FIRST LAST``."""

import io
import json
import resource
import signal
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import FrameType

from support.corruption import Hang
from support.fuzzing.cases import cases
from support.fuzzing.process import MEMORY
from support.fuzzing.world import build


def _stop(number: int, frame: FrameType | None) -> None:
    raise Hang


def main(first: str, last: str) -> None:
    """Run some cases and print a line of JSON each, then the peak of memory in MiB."""
    signal.signal(signal.SIGALRM, _stop)
    shown = sys.stdout
    with tempfile.TemporaryDirectory() as scratch:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            world = build(Path(scratch).resolve())
        pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0])
        limit = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        for case in cases(world, range(int(first), int(last))):
            shown.write(json.dumps(case) + "\n")
            shown.flush()
    shown.write(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
