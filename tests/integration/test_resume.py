"""A run that is stopped, whatever stopped it, is finished by ``run --resume``: with the same numbers, and nothing twice."""

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mpcl_core.cli.main import main
from support.paths import ROOT
from support.resumed_runs import LONG, command, weights
from support.small_runs import PLUGIN, SMALL, numbers

QUICK = ROOT / "mpcl_core" / "recipes" / "mpcl.yaml"
KILLS = int(os.environ.get("MPCL_KILLS", "2"))
"""How often the run is killed; 20 were tried with 12 jobs (MPCL_SEEDS=4 MPCL_EPOCHS=160)."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "run"
    subprocess.run(command(str(QUICK), f"--out={out}", *LONG), check=True, capture_output=True)
    return out


@pytest.mark.slow
def test_killed_at_random_moments_it_ends_with_the_same_numbers_and_weights(whole: Path, tmp_path: Path) -> None:
    out, rng = tmp_path / "run", random.Random(0)
    call = command(str(QUICK), f"--out={out}", *LONG)
    kills = 0
    while not out.exists():
        process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        if kills < KILLS:
            kills += _kill(process, rng, out.with_name("run.partial"))
        else:
            assert process.wait() == 0
        if (out.with_name("run.partial") / "recipe.yaml").exists():
            call = command(f"--resume={out}")
    assert kills == KILLS, "it ended before it was killed so often"
    assert numbers(out) == numbers(whole)
    assert weights(out) == weights(whole)
    assert not list(out.rglob("*.partial"))
    assert not list(out.rglob("training.pt"))


def _kill(process: "subprocess.Popen[bytes]", rng: random.Random, partial: Path) -> bool:
    """Kill it and its children at some moment; whether it was still at it. Often, some job has gone on by then."""
    done = len(list(partial.rglob("*.npz")))
    deadline = time.monotonic() + 60
    while rng.random() < 0.98 and process.poll() is None and time.monotonic() < deadline:
        if len(list(partial.rglob("*.npz"))) + len(list(partial.rglob("training.pt"))) > done:
            time.sleep(rng.uniform(0.0, 1.0))
            break
        time.sleep(0.05)
    if process.poll() is not None:
        return False
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return True


@pytest.fixture
def stopped(whole: Path, tmp_path: Path) -> Path:
    """As if the run had been stopped in its last job."""
    partial = tmp_path / "run.partial"
    shutil.copytree(whole, partial)
    (last := sorted(partial.rglob("cost.json"))[0]).unlink()
    (last.parent / "predictions.npz").unlink()
    return partial


@pytest.mark.slow
def test_what_is_missing_is_done_and_nothing_else(whole: Path, stopped: Path) -> None:
    kept = {path: path.stat().st_mtime_ns for path in stopped.rglob("predictions.npz")}
    assert main(["run", "--resume", str(stopped), "--jobs=1"]) == 0
    run = stopped.with_name("run")
    assert numbers(run) == numbers(whole)
    done = {path: path.stat().st_mtime_ns for path in run.rglob("predictions.npz")}
    assert len(done) == len(kept) + 1
    assert all(done[run / path.relative_to(stopped)] == at for path, at in kept.items())


@pytest.mark.slow
def test_a_complete_run_is_left_as_it_is(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in whole.rglob("*")}
    assert main(["run", "--resume", str(whole)]) == 0
    assert "is complete: nothing is to be done" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in whole.rglob("*")} == before


@pytest.mark.slow
def test_parts_that_would_not_fit_are_not_made(stopped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = json.loads((stopped / "lock.json").read_text())
    lock["packages"]["torch"] = "1.0"
    (stopped / "lock.json").write_text(json.dumps(lock))
    assert main(["run", "--resume", str(stopped), "--jobs=1"]) == 1
    assert "torch: 1.0 then" in capsys.readouterr().err
    assert stopped.is_dir()


def test_wrong_uses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run"]) == 2
    assert "name a recipe, or the run to finish" in capsys.readouterr().err
    assert main(["run", "--resume", str(tmp_path)]) == 2
    assert "is not a run folder" in capsys.readouterr().err
    assert main(["run", str(QUICK), "--resume", str(tmp_path), "--set", "dim=8"]) == 2
    assert "goes without a recipe, --set" in capsys.readouterr().err


def test_one_process_at_a_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import fcntl

    partial = tmp_path / "run.partial"
    partial.mkdir()
    (partial / "recipe.yaml").write_text(f"extends: {QUICK}\n")
    with (partial / "recipe.yaml").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert main(["run", "--resume", str(partial)]) == 2
    assert "is being run by another process" in capsys.readouterr().err


@pytest.mark.slow
def test_a_failed_job_is_run_again_and_a_plugin_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = tmp_path / "fails.py"
    plugin.write_text(PLUGIN.replace('raise RuntimeError("boom")', f'open("{tmp_path / "there"}"); return self'))
    (tmp_path / "r.yaml").write_text(f"extends: {QUICK}\nname: r\nvariants: {{bad: {{estimator: {{use: fails}}}}}}\n")
    out = tmp_path / "out"
    small = [*SMALL[:3], "--jobs=1"]
    assert main(["run", str(tmp_path / "r.yaml"), f"--plugin={plugin}", "--out", str(out), *small]) == 1
    assert (out / "plugins" / "fails.py").read_text() == plugin.read_text()
    (tmp_path / "there").write_text("")
    plugin.unlink()
    assert main(["run", "--resume", str(out), "--jobs=1"]) == 0
    assert "bad" in (out / "summary.csv").read_text()
    assert "FileNotFoundError" in next(out.rglob("bad/*/*/job.log")).read_text(), "what happened before is kept"


@pytest.mark.slow
def test_ctrl_c_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from mpcl_core.app import running

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "run_tasks", interrupted)
    assert main(["run", str(QUICK), "--out", str(tmp_path / "out"), "--jobs=1", *SMALL]) == 130
    assert f"mpcl run --resume {tmp_path / 'out'}" in capsys.readouterr().err
    monkeypatch.undo()
    assert main(["run", "--resume", str(tmp_path / "out"), "--jobs=1"]) == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 400 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("no small file system can be made here")
    yield disk
    subprocess.run(["umount", "-l", disk], check=False)


@pytest.mark.slow
def test_a_full_disk_is_said_and_the_run_goes_on_when_there_is_room(
    small_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 300_000)
    out = small_disk / "out"
    assert main(["run", str(QUICK), "--out", str(out), "--jobs=1", *SMALL]) == 1
    err = capsys.readouterr().err
    assert "The disk is full" in err
    assert f"mpcl run --resume {out}, when there is room" in err
    assert "Traceback" not in err
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=40m", small_disk], check=True)
    assert main(["run", "--resume", str(out), "--jobs=1"]) == 0
    assert (out / "report.html").is_file()
