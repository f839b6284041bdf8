"""What the command line and the estimator for scikit-learn cost before they do anything.

Aims: --help <= 0.08 x; the text stage of check <= 0.15 x; mpcl_core.sklearn <= 1.3 x `import sklearn.base`.
Run: python benchmarks/startup.py
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from pairs import ratio


def processor_seconds() -> float:
    """Return the processor time of all processes that have been run."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def command(*arguments: str, code: int = 0) -> Callable[[], None]:
    def call() -> None:
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != code:
            raise RuntimeError(done.stderr)

    return call


if __name__ == "__main__":
    torch = command("-c", "import torch")
    recipe = Path(__file__).resolve().parents[1] / "mpcl_core" / "recipes" / "described.yaml"
    with tempfile.TemporaryDirectory() as folder:
        broken = Path(folder) / "broken.yaml"
        broken.write_text(f"extends: {recipe}\nname: broken\ntrian: 3\n", encoding="utf-8")
        print(f"--help           (aim 0.08): {ratio(command('-m', 'mpcl_core', '--help'), torch)}")
        unknown = Path(folder) / "unknown.yaml"
        unknown.write_text(f"extends: {recipe}\nname: unknown\nhead: {{use: nothing}}\n", encoding="utf-8")
        print(f"text stage       (aim 0.15): {ratio(command('-m', 'mpcl_core', 'check', str(broken), code=2), torch)}")
        found = ratio(command("-m", "mpcl_core", "check", str(unknown), code=2), torch)
        print(f"component stage  (a fault within 4 s): {found}")
    for base, aim in (("sklearn.base", 1.3), ("sklearn.base, torch", 0.6)):
        calls = command("-c", "import mpcl_core.sklearn"), command("-c", f"import {base}")
        print(f"mpcl_core.sklearn over {base} (aim {aim}): {ratio(*calls, pairs=7, clock=processor_seconds)}")
