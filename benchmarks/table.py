"""Run benchmarks and write what they print into the table of README.md, with date, commit and load of the machine.

Rows of the benchmarks that are run replace their old rows; the others stay. A benchmark that fails leaves its rows.
Run: python benchmarks/table.py [NAME …]     (without names: all of BENCHMARKS, about an hour on an idle machine)
"""

import datetime
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "benchmarks" / "README.md"
BENCHMARKS = [
    *("engine", "inference", "startup", "whole_run", "cohort", "jobs"),
    *("monolith", "training_step", "peers", "study_size", "cohort_memory", "neighbours", "results_size"),
]
BEGIN, END = "<!-- rows of table.py -->", "<!-- end of the rows -->"


def main(names: Sequence[str]) -> int:
    """Run the benchmarks, and return 1 if one failed."""
    failed = 0
    for name in names or BENCHMARKS:
        done = run(name)
        if done.returncode:
            failed = 1
            sys.stderr.write(f"{name}.py failed:\n{done.stderr}")
        else:
            text = README.read_text(encoding="utf-8")
            README.write_text(with_rows(text, name, done.stdout.splitlines(), circumstances()), encoding="utf-8")
            sys.stdout.write(done.stdout)
    return failed


def run(name: str) -> "subprocess.CompletedProcess[str]":
    """Run a benchmark with the packages of this checkout."""
    path = os.pathsep.join(str(ROOT / part) for part in ("", "registry", "plugins", "tests"))
    return subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / f"{name}.py")],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def circumstances() -> str:
    """State date, commit and the load of the machine, which is about 1 for an idle one."""
    command = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout.strip()
    return f"{datetime.datetime.now(datetime.UTC).date()}, {commit}, load {os.getloadavg()[0]:.1f}"


def with_rows(text: str, name: str, lines: Sequence[str], when: str) -> str:
    """Replace the rows of a benchmark in the table, and keep those of the others, in the order of their names."""
    before, begin, rest = text.partition(BEGIN)
    table, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"README.md lacks '{BEGIN}' or '{END}'")
    printed = [" ".join(line.replace("|", "/").split()) for line in lines if line.strip()]
    rows = [row for row in table.splitlines() if row.startswith("| `") and not row.startswith(f"| `{name}.py`")]
    rows = sorted(
        [*rows, *(f"| `{name}.py` | {line} | {when} |" for line in printed)], key=lambda row: row.split("|")[1]
    )
    return "\n".join([f"{before}{BEGIN}", "| benchmark | printed | when |", "|---|---|---|", *rows, f"{END}{after}"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
