"""Several processes run the shards of one run folder."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mpcl_core.cli.main import main
from mpcl_core.runs.folder import RunFolder
from mpcl_core.runs.shard import Shard
from support.paths import ROOT
from support.run_files import files_without_times
from support.small_runs import SMALL

QUICK = ROOT / "mpcl_core" / "recipes" / "described.yaml"
SHARDS = int(os.environ.get("MPCL_SHARDS", "2"))
"""Processes that are started at the same moment; also tried with 4, and with figures."""


def begun_jobs(out: Path, shard: str) -> list[Path]:
    folder = RunFolder(out)
    manifest = folder.manifest() if folder.partial.is_dir() else None
    jobs = Shard.from_text(shard).part(list(manifest.jobs())) if manifest else []
    return [path for job in jobs for path in folder.current.glob(f"jobs/{job.variant}/{job.seed}/{job.fold}/*.jsonl")]


@pytest.mark.slow
def test_shards_of_which_one_is_killed_leave_the_files_of_one_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, out = tmp_path / "whole", tmp_path / "run"
    options = ["--jobs=1", "--no-figures", *SMALL, "--set=train.epochs=12"]
    assert main(["run", str(QUICK), f"--out={whole}", *options]) == 0
    call = ["run", str(QUICK), f"--out={out}", *options]
    shards = [f"--shard={index}/{SHARDS}" for index in range(1, SHARDS + 1)]
    started = [
        subprocess.Popen([sys.executable, "-m", "mpcl_core", *call, shard], text=True, stdout=subprocess.PIPE)
        for shard in shards
    ]
    killed = started[-1]
    while killed.poll() is None and not begun_jobs(out, f"{SHARDS}/{SHARDS}"):
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    outputs = [process.communicate(timeout=240)[0] for process in started]
    assert [process.returncode for process in started] == [0] * (SHARDS - 1) + [-signal.SIGKILL]
    assert f"jobs of {out} are left for other shards" in outputs[0]
    capsys.readouterr()
    assert main([*call, shards[-1]]) == 0
    assert f"Everything is in {out}" in capsys.readouterr().out.replace("\n", "")
    assert files_without_times(out) == files_without_times(whole)
    assert main([*call, shards[0]]) == 0
    assert f"complete, as far as shard 1/{SHARDS} is concerned: there is nothing to do" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "whole"]


@pytest.mark.slow
def test_shard_of_another_recipe_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["run", str(QUICK), f"--out={tmp_path / 'run'}", "--jobs=1", "--no-figures", *SMALL]
    assert main([*call, "--shard=1/2"]) == 0
    assert main([*call, "--shard=2/2", "--set=dim=4"]) == 1
    assert "differs from what the run began with:\nthe resolved recipe:" in capsys.readouterr().err
    assert main(["run", f"--resume={tmp_path / 'run'}", "--shard=2/2", "--jobs=1", "--no-figures", "--json"]) == 0
    assert '"left": 0' in capsys.readouterr().out


def test_shard_needs_a_folder_and_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(QUICK), "--shard=1/2"]) == 2
    assert "--shard needs --out RUN" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["run", str(QUICK), "--out=run", "--shard=3/2"])
    assert "expected a shard I/N with I from 1 to N, such as 2/4, got '3/2'" in capsys.readouterr().err
