"""Run some cases of damaged files in a process of their own."""

import json
import subprocess
import sys

from support.fuzzing.cases import Case
from support.paths import ROOT

MEMORY = 3 * 2**29
"""Bytes that a case may allocate: 1.5 GiB."""


def run(first: int, last: int, seconds: float = 240.0) -> tuple[list[Case], float]:
    """Return the outcomes of the cases from ``first`` to before ``last``, run in a process of their own.

    Returns:
        The cases, where a crash is the outcome of its case, and the peak of memory in MiB.
    """
    words = [sys.executable, "-m", "support.fuzzing", str(first), str(last)]
    try:
        done = subprocess.run(words, cwd=ROOT / "tests", capture_output=True, text=True, check=False, timeout=seconds)
        output, end = done.stdout, f"exit {done.returncode}: {done.stderr[-800:]}" if done.returncode else ""
    except subprocess.TimeoutExpired as error:
        output, end = (error.stdout or b"").decode(), f"hung for {seconds:g} s"
    lines = [json.loads(line) for line in output.splitlines()]
    found = [Case(*line) for line in lines if isinstance(line, list)]
    peak = next((line for line in lines if isinstance(line, float)), 0.0)
    return [*found, Case(first + len(found), "", "", "", end)] if end else found, peak
