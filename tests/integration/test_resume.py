"""``run --resume`` finishes a run that was stopped for any reason, with the same numbers and nothing run twice."""

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
from mpcl_core.runs.folder import RunFolder
from mpcl_core.runs.shard import WHOLE
from support.paths import ROOT
from support.resumed_runs import LONG, command, weights
from support.small_runs import PLUGIN, SMALL, numbers

QUICK = ROOT / "mpcl_core" / "recipes" / "described.yaml"
KILLS = int(os.environ.get("MPCL_KILLS", "3"))
"""How often the run is killed; also tried with 20 kills and 12 jobs (MPCL_SEEDS=4 MPCL_EPOCHS=160)."""


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("uninterrupted") / "run"
    assert main(["run", str(QUICK), f"--out={out}", "--jobs=1", "--no-figures", *LONG]) == 0
    return out


@pytest.mark.slow
def test_resume_after_kills_at_random_moments_keeps_numbers_and_weights(uninterrupted: Path, tmp_path: Path) -> None:
    out, rng = tmp_path / "run", random.Random(0)
    partial = out.with_name("run.partial")
    call = command(str(QUICK), f"--out={out}", *LONG)
    kills: list[str] = []
    process = None
    while not out.exists():
        if process is None or process.poll() is not None:
            call = command(f"--resume={out}") if (partial / "recipe.yaml").exists() else call
            process = subprocess.Popen(
                call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )
        if len(kills) < KILLS:
            kind = KINDS[len(kills) % len(KINDS)]
            kills += [kind] * _kill(process, rng, partial, kind)
        else:
            assert process.wait() == 0
    assert process is not None
    process.wait()
    assert len(kills) == KILLS, f"the run ended before it was killed that often: {kills}"
    assert numbers(out) == numbers(uninterrupted)
    assert weights(out) == weights(uninterrupted)
    for name in ("*.partial", "training.pt", "deaths.json"):
        assert not list(out.rglob(name))


KINDS = ("one worker", "all processes", "SIGTERM", "SIGHUP")
"""A worker first: later there may be one job left, which needs none."""


def _kill(process: "subprocess.Popen[bytes]", rng: random.Random, partial: Path, kind: str) -> bool:
    """Kill a run at a random moment, often after a job has progressed; return whether it still ran."""
    done = len(list(partial.rglob("*.npz")))
    deadline = time.monotonic() + 60
    while rng.random() < 0.98 and process.poll() is None and time.monotonic() < deadline:
        if len(list(partial.rglob("*.npz"))) + len(list(partial.rglob("training.pt"))) > done:
            time.sleep(rng.uniform(0.0, 0.3))
            break
        time.sleep(0.05)
    if process.poll() is not None:
        return False
    if kind == "one worker":
        return _kill_worker(process.pid, rng)
    if kind == "all processes":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.send_signal(signal.Signals[kind])
    process.wait()
    return True


def _kill_worker(parent: int, rng: random.Random) -> bool:
    """Kill one of the processes that run jobs; the run goes on without a resume."""
    workers = [worker for server in _children(parent) for worker in _children(server)]
    if not workers:
        return False
    os.kill(rng.choice(workers), signal.SIGKILL)
    return True


def _children(process: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False)
    return [int(line) for line in listed.stdout.split()]


@pytest.fixture
def stopped(uninterrupted: Path, tmp_path: Path) -> Path:
    """Return a run folder as a run leaves it that was stopped in its last job."""
    partial = tmp_path / "run.partial"
    shutil.copytree(uninterrupted, partial)
    (last := sorted(partial.rglob("cost.json"))[0]).unlink()
    (last.parent / "predictions.npz").unlink()
    return partial


@pytest.mark.slow
def test_resume_runs_only_the_missing_jobs(uninterrupted: Path, stopped: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in stopped.rglob("predictions.npz")}
    assert main(["run", "--resume", str(stopped), "--jobs=1", "--no-figures"]) == 0
    run = stopped.with_name("run")
    assert numbers(run) == numbers(uninterrupted)
    done = {path: path.stat().st_mtime_ns for path in run.rglob("predictions.npz")}
    assert len(done) == len(before) + 1
    assert all(done[run / path.relative_to(stopped)] == at for path, at in before.items())


@pytest.mark.slow
def test_resume_does_not_change_a_complete_run(uninterrupted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in uninterrupted.rglob("*")}
    assert main(["run", "--resume", str(uninterrupted)]) == 0
    assert "is complete: there is nothing to do" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in uninterrupted.rglob("*")} == before


@pytest.mark.slow
def test_resume_is_refused_with_other_package_versions(stopped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = json.loads((stopped / "lock.json").read_text())
    manifest["packages"]["torch"] = "1.0"
    (stopped / "lock.json").write_text(json.dumps(manifest))
    assert main(["run", "--resume", str(stopped), "--jobs=1", "--no-figures"]) == 1
    assert "torch: 1.0 then" in capsys.readouterr().err
    assert stopped.is_dir()


def test_wrong_use_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run"]) == 2
    assert "name a recipe, or the run to resume" in capsys.readouterr().err
    assert main(["run", "--resume", str(tmp_path)]) == 2
    assert "is not a run folder" in capsys.readouterr().err
    assert main(["run", str(QUICK), "--resume", str(tmp_path), "--set", "dim=8"]) == 2
    assert "it excludes a recipe, --set" in capsys.readouterr().err


def test_run_that_another_process_runs_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.make(f"extends: {QUICK}\n", [])
    with folder.claimed(WHOLE):
        assert main(["run", "--resume", str(folder.partial)]) == 2
    assert "is being run by another process" in capsys.readouterr().err


@pytest.mark.slow
def test_resume_runs_failed_jobs_again_with_the_copied_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = tmp_path / "fails.py"
    plugin.write_text(PLUGIN.replace('raise RuntimeError("boom")', f'open("{tmp_path / "there"}"); return self'))
    (tmp_path / "r.yaml").write_text(f"extends: {QUICK}\nname: r\nvariants: {{bad: {{estimator: {{use: fails}}}}}}\n")
    out = tmp_path / "out"
    small = [*SMALL[:3], "--jobs=1", "--no-figures"]
    assert main(["run", str(tmp_path / "r.yaml"), f"--plugin={plugin}", "--out", str(out), *small]) == 1
    assert (out / "plugins" / "fails.py").read_text() == plugin.read_text()
    (tmp_path / "there").write_text("")
    plugin.unlink()
    assert main(["run", "--resume", str(out), "--jobs=1", "--no-figures"]) == 0
    assert "bad" in (out / "summary.csv").read_text()
    assert "FileNotFoundError" in next(out.rglob("bad/*/*/job.log")).read_text(), (
        "the log of the first attempt is missing"
    )


@pytest.mark.slow
def test_interrupted_run_names_the_command_that_resumes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from mpcl_core.app.running import completion

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(completion, "run_tasks", interrupted)
    assert main(["run", str(QUICK), "--out", str(tmp_path / "out"), "--jobs=1", "--no-figures", *SMALL]) == 130
    assert f"mpcl run --resume {tmp_path / 'out'}" in capsys.readouterr().err
    monkeypatch.undo()
    assert main(["run", "--resume", str(tmp_path / "out"), "--jobs=1", "--no-figures"]) == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a file system of 400 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield disk
    subprocess.run(["umount", "-l", disk], check=False)


@pytest.mark.slow
def test_run_stopped_by_a_full_disk_can_be_resumed_when_there_is_room(
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
