"""Run the tasks of development, each with one command.

Run, from the checkout's root: python tasks.py TASK …   (python tasks.py --help lists the tasks)
"""

import argparse
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
SCRIPTS = Path(sysconfig.get_path("scripts"))

SPHINX = "sphinx-build -W --keep-going --fresh-env -b html -d docs/_build/doctrees docs docs/_build/html"

TASKS: dict[str, tuple[str, list[list[str]]]] = {
    "lint": (
        "style, layout, spelling and the layers of imports",
        [["ruff", "check"], ["ruff", "format", "--check"], ["codespell"], ["lint-imports"]],
    ),
    "types": ("mypy --strict over the three packages", [["mypy"]]),
    "tests-fast": ("the tests that take less than about a second each", [["pytest", "-m", "not slow"]]),
    "tests": ("all tests", [["pytest"]]),
    "docs": ("the site in docs/_build/html, with warnings as errors (needs the extra 'docs')", [SPHINX.split()]),
    "build": ("the wheel and the source distribution in dist/", [["pyproject-build"]]),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the named tasks in order and return the exit code of the first command that fails, else 0."""
    names = command_line().parse_args(argv).tasks
    for command in (command for name in names for command in TASKS[name][1]):
        sys.stderr.write(f"$ {' '.join(command)}\n")
        sys.stderr.flush()
        if code := subprocess.run([SCRIPTS / command[0], *command[1:]], cwd=ROOT, check=False).returncode:
            return code
    return 0


def command_line() -> argparse.ArgumentParser:
    """Return the parser of the command line, with a line of help for each task."""
    width = max(map(len, TASKS))
    parser = argparse.ArgumentParser(
        prog="python tasks.py",
        description="Run the tasks of development, in the order in which they are named.",
        epilog="\n".join(["tasks:", *(f"  {name:{width}}  {text}" for name, (text, _) in TASKS.items())]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("tasks", nargs="+", choices=TASKS, metavar="TASK", help="see below")
    return parser


if __name__ == "__main__":
    sys.exit(main())
