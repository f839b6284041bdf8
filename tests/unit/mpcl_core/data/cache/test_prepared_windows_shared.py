"""Use the cache in several processes: concurrent writes, clearing while it is read, mapping, memory."""

import math
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from joblib import Parallel, delayed

from mpcl_core.data.cache import code_hash, location
from mpcl_core.data.cache import entry as entries
from mpcl_core.data.prepare import prepare
from mpcl_core.interfaces.data import WindowSet
from support.cache_study import Doubled, assert_same, cached, ramp_blocks, ramps, simulated_blocks
from support.paths import ROOT
from support.specs import block

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use a cache of this test alone, and count no plugin as edited while the tests run."""
    monkeypatch.setattr(code_hash, "IMPORT_TIME", math.inf)
    monkeypatch.setenv("MPCL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def folders(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "rows").iterdir())


# --- at once

PREPARE = """
import sys, time
from support.cache_study import cached, simulated_blocks
from mpcl_core.runs.manifest_builder import hash_windows
print("ready", flush=True)
sys.stdin.readline()
windows, origin = cached(simulated_blocks(subjects=4, trials=6))
print(origin.key, hash_windows(windows))
"""


@pytest.mark.slow
def test_processes_that_prepare_the_same_windows_concurrently_succeed(root: Path) -> None:
    path = os.pathsep.join([str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    others = [
        subprocess.Popen(
            [sys.executable, "-c", PREPARE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        for _ in range(2)
    ]
    for other in others:
        assert other.stdout
        assert other.stdout.readline() == "ready\n"
    answers = [other.communicate("go\n")[0] for other in others]
    assert [other.returncode for other in others] == [0, 0]
    assert len(set(answers)) == 1
    windows, origin = cached(simulated_blocks(subjects=4, trials=6))
    assert origin.from_cache
    assert folders(root) == [origin.key] == [answers[0].split()[0]]
    source, transforms = simulated_blocks(subjects=4, trials=6)
    assert_same(windows, prepare(source.build(), [transform.build() for transform in transforms]))


def test_second_writer_uses_the_entry_of_the_first(root: Path, tmp_path: Path) -> None:
    path = ramps(tmp_path / "data", a=1.0)
    first: list[tuple[WindowSet, Any]] = []

    class Overtaken(Doubled):
        name = "overtaken"

        def transform(self, windows: WindowSet) -> WindowSet:
            if not first:
                first.append(())  # type: ignore[arg-type]
                first[0] = cached(blocks)
            return super().transform(windows)

    source, (window, _) = ramp_blocks(path)
    blocks = source, [window, block(Overtaken)]
    second = cached(blocks)
    assert_same(first[0][0], second[0])
    assert first[0][1] == second[1]
    assert folders(root) == [second[1].key]


# --- in use


def test_entry_in_use_is_not_removed(root: Path, tmp_path: Path) -> None:
    windows, origin = cached(ramp_blocks(ramps(tmp_path / "data", a=1.0)))
    view = windows.X["never"][2:3]
    del windows
    cleared = location.clear(root, days=None, size=None, everything=True)
    assert [entry.folder.name for entry in cleared.in_use] == [origin.key]
    assert folders(root) == [origin.key]
    del view
    cleared = location.clear(root, days=None, size=None, everything=True)
    assert [entry.folder.name for entry in cleared.removed] == [origin.key]
    assert folders(root) == []


HOLD = """
import sys
from pathlib import Path
from support.cache_study import cached, ramp_blocks
windows, origin = cached(ramp_blocks(Path(sys.argv[1])))
print(origin.from_cache, flush=True)
sys.stdin.readline()
"""


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["it ends", "it is killed"])
def test_entry_used_by_another_process_is_not_removed(ending: str, root: Path, tmp_path: Path) -> None:
    path = ramps(tmp_path / "data", a=1.0)
    key = cached(ramp_blocks(path))[1].key
    pythonpath = os.pathsep.join([str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": pythonpath},
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "True\n"
        assert location.clear(root, days=None, size=None, everything=True).removed == ()
        if ending == "it ends":
            other.communicate("go\n")
        else:
            other.kill()
    assert folders(root) == [key]
    location.clear(root, days=None, size=None, everything=True)
    assert folders(root) == []


def test_entry_being_written_stays_and_leftovers_of_stopped_runs_are_removed(root: Path, tmp_path: Path) -> None:
    path = ramps(tmp_path / "data", a=1.0)
    seen: list[list[str]] = []
    original = entries.EntryWriter.append

    def append(self: entries.EntryWriter, part: WindowSet) -> None:
        original(self, part)
        location.clear(root, days=None, size=None, everything=True)
        seen.append(folders(root))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entries.EntryWriter, "append", append)
        _, origin = cached(ramp_blocks(path))
    ((partial,),) = seen
    assert partial.startswith(".partial-")
    for name in (".partial-left", ".gone-left"):
        (root / "rows" / name).mkdir()
        (root / "rows" / name / "X0.npy").write_bytes(b"half")
    location.clear(root, days=None, size=None, everything=False)
    assert folders(root) == [origin.key]


def test_age_and_size_decide_what_is_removed(root: Path, tmp_path: Path) -> None:
    path = ramps(tmp_path / "data", a=1.0)
    keys = [str(cached(ramp_blocks(path, scale=scale))[1].key) for scale in (1.0, 2.0, 3.0)]
    for age, key in enumerate(keys):
        then = time.time() - 86400 * (age + 0.5)
        os.utime(root / "rows" / key / "about.json", (then, then))
    sizes = [entry.size for entry in location.list_entries(root)]
    assert [entry.folder.name for entry in location.list_entries(root)] == keys, "the last used first"
    location.clear(root, days=None, size=float(sum(sizes)), everything=False)
    location.clear(root, days=3.0, size=None, everything=False)
    assert folders(root) == sorted(keys)
    location.clear(root, days=2.0, size=None, everything=False)
    assert folders(root) == sorted(keys[:2])
    location.clear(root, days=None, size=sum(sizes[:2]) - 1.0, everything=False)
    assert folders(root) == keys[:1]
    assert cached(ramp_blocks(path, scale=1.0))[1].from_cache
    location.clear(root, days=0.1, size=None, everything=False)
    assert folders(root) == keys[:1], "to find it is to use it"


def test_damaged_entries_and_hashes_of_missing_files_are_removed(root: Path, tmp_path: Path) -> None:
    gone, remaining = ramps(tmp_path / "gone", a=1.0), ramps(tmp_path / "kept", a=2.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mpcl_core.data.cache.file_hashes.SETTLING_TIME", 0.0)
        keys = [str(cached(ramp_blocks(path))[1].key) for path in (gone, remaining)]
    (root / "rows" / keys[0] / "about.json").write_text("{}")
    (gone / "a.txt").unlink()
    gone.rmdir()
    assert len(list((root / "files").iterdir())) == 2
    location.clear(root, days=None, size=None, everything=False)
    assert folders(root) == keys[1:]
    assert len(list((root / "files").iterdir())) == 1


# --- mapped, not copied


def look(windows: WindowSet) -> tuple[int, dict[str, Any], float]:
    """Return, in a worker, how its arrays are stored and a number that needs their values."""
    about = {name: (type(values).__name__, values.filename, values.mode) for name, values in windows.X.items()}  # type: ignore[attr-defined]
    return os.getpid(), about, float(sum(values.sum(dtype=np.float64) for values in windows.X.values()))


@pytest.mark.slow
def test_joblib_workers_map_the_same_files(root: Path) -> None:
    windows, origin = cached(simulated_blocks(subjects=4, trials=6))
    assert sum(values.nbytes for values in windows.X.values()) > 2e6
    expected = look(windows)[2]
    with Parallel(n_jobs=2, max_nbytes="100K") as parallel:
        answers = list(parallel(delayed(look)(windows) for _ in range(4)))
    for process, about, total in answers:
        assert process != os.getpid()
        assert total == expected
        for number, seen in enumerate(about.values()):
            assert seen == ("memmap", str(root / "rows" / str(origin.key) / f"X{number}.npy"), "r")


# --- bounded

LIMIT = 40e6
"""Bytes: far above the need of one recording, far below the study."""


def peak(call: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_memory_is_bounded_by_the_recording_not_the_study(root: Path) -> None:
    source, transforms = simulated_blocks(0.25, subjects=5, trials=10, seconds=40.0, missing=0.0)
    remaining: list[WindowSet] = []
    needed = peak(lambda: remaining.append(cached((source, transforms))[0]))
    (windows,) = remaining
    study = sum(values.nbytes for values in windows.X.values())
    assert study > 3 * LIMIT
    assert needed < LIMIT, f"{needed / 1e6:.0f} MB for a study of {study / 1e6:.0f} MB"
    half = simulated_blocks(0.25, subjects=2, trials=10, seconds=40.0, missing=0.0)
    assert peak(lambda: cached(half)) > 0.7 * needed, "more people need no more memory"
    found = peak(lambda: cached((source, transforms)))
    assert found < LIMIT / 4
    in_memory = peak(lambda: prepare(source.build(), [transform.build() for transform in transforms]))
    assert in_memory > study > LIMIT, "so the limit can be missed"
