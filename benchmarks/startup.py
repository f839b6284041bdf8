"""What the command line, the estimator for scikit-learn and worker processes cost before they do anything.

Aims: --help <= 0.08 x; the text stage of check <= 0.15 x; mpcl_core.sklearn <= 1.3 x `import sklearn.base`.
Workers: `mpcl run --jobs 2` on four people, one epoch, and the memory of a worker that has imported what jobs need,
each with forked workers over workers that are interpreters of their own, as on Windows and macOS.
Reading: `import mpcl_core.app.api` and `mpcl compare` of a run folder, over `import torch`, which they do without.
Run: python benchmarks/startup.py
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

from mpcl_core.jobs import worker_pool
from pairs import child_seconds, ratio

COMMAND = """
import sys
from mpcl_core.cli.main import main
from mpcl_core.jobs import worker_pool
worker_pool.can_fork = lambda: {forks}
sys.exit(main(sys.argv[1:]))
"""
SMALL = """
extends: {recipe}
name: small
source: {{use: simulated, subjects: 4}}
train: {{epochs: 1}}
"""
MEMORY = "[__import__(name) for name in {modules}] and open('/proc/self/smaps_rollup').read()"


def command(*arguments: str, code: int = 0) -> Callable[[], None]:
    def call() -> None:
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != code:
            raise RuntimeError(done.stderr)

    return call


def run_with_workers(recipe: Path, forks: bool) -> Callable[[], None]:
    def call() -> None:
        with tempfile.TemporaryDirectory() as out:
            code = COMMAND.format(forks=forks)
            command("-c", code, "run", str(recipe), "--jobs=2", "--no-figures", f"--out={out}/run")()

    return call


def worker_memory(forks: bool, modules: Sequence[str]) -> str:
    """Return the proportional and the private memory of each of two workers."""
    found = []
    with patch.object(worker_pool, "can_fork", lambda: forks), worker_pool.WorkerPool(2, modules) as pool:
        for number in range(2):
            pool.start(number, eval, MEMORY.format(modules=list(modules)))
        while pool.is_busy:
            found += [ended.result for ended in pool.wait()]
    sizes = [{line.split()[0]: int(line.split()[1]) / 1024 for line in each.splitlines()[1:]} for each in found]
    return " and ".join(f"{each['Pss:']:.0f} / {each['Private_Clean:'] + each['Private_Dirty:']:.0f}" for each in sizes)


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
        small = Path(folder) / "small.yaml"
        small.write_text(SMALL.format(recipe=recipe), encoding="utf-8")
        calls = run_with_workers(small, True), run_with_workers(small, False)
        command("-m", "mpcl_core", "run", str(small), "--no-figures", f"--out={folder}/run")()
        for reading in (("-c", "import mpcl_core.app.api"), ("-m", "mpcl_core", "compare", f"{folder}/run")):
            found = ratio(command(*reading), torch, pairs=7, clock=child_seconds)
            print(f"{' '.join(reading[1:3])} over import torch: {found}")
        print(f"run with two forked workers over two others: {ratio(*calls, pairs=5, clock=child_seconds)}")
    modules = ["mpcl_core.app.running.run_context", "mpcl_core.jobs.tasks", "einops.layers.torch"]
    for kind, forks in (("forked", True), ("other", False)):
        print(f"MiB of each of two {kind} workers, proportional / private: {worker_memory(forks, modules)}")
    for base, aim in (("sklearn.base", 1.3), ("sklearn.base, torch", 0.6)):
        calls = command("-c", "import mpcl_core.sklearn"), command("-c", f"import {base}")
        print(f"mpcl_core.sklearn over {base} (aim {aim}): {ratio(*calls, pairs=7, clock=child_seconds)}")
