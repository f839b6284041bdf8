"""Runs whose processes are killed, whose plugins exit or print, and whose output pipe is closed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mpcl_core.cli.main import main
from support.paths import ROOT
from support.resumed_runs import LONG, command
from support.small_runs import SMALL

QUICK = ROOT / "mpcl_core" / "recipes" / "described.yaml"


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_workers_exit_when_their_parent_is_killed(sign: signal.Signals, tmp_path: Path) -> None:
    """Otherwise they would write into a run that another process resumes."""
    out = tmp_path / "run"
    process = subprocess.Popen(
        command(str(QUICK), f"--out={out}", *LONG), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not list(tmp_path.rglob("jobs/main/*/*/metrics.jsonl")):
        time.sleep(0.05)
    time.sleep(0.5)
    children = [int(pid) for pid in subprocess.check_output(["pgrep", "-P", str(process.pid)], text=True).split()]
    assert children
    process.send_signal(sign)
    process.wait()
    end = time.monotonic() + 20
    while any(_alive(pid) for pid in children) and time.monotonic() < end:
        time.sleep(0.1)
    assert not any(_alive(pid) for pid in children)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


PLUGIN = """
import os, sys
import numpy as np
from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.hooks import hookimpl

class Bad(Estimator):
    "Bad."
    name = "bad"
    def __init__(self, *, number: int = 0) -> None:
        self.number = number
    def fit(self, windows):
        {fit}
        return self
    def predict(self, windows):
        return np.full(windows.D.shape, 1 / windows.D.shape[1])

@hookimpl
def mpcl_components():
    return [Bad]
"""

FITS = {
    "sys.exit(0)": "SystemExit: 0",
    "raise ValueError('\\udce9')": "ValueError: ",
    "os.chdir('/'); raise ValueError('far away')": "ValueError: far away",
}


@pytest.mark.slow
def test_plugin_that_exits_fails_its_own_jobs_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.py").write_text(PLUGIN.format(fit=f"exec({list(FITS)!r}[self.number])"))
    variants = "".join(f"bad{number}: {{estimator: {{use: bad, number: {number}}}}}, " for number in range(len(FITS)))
    Path("r.yaml").write_text(
        f"extends: {QUICK}\nname: r\nplugins: [bad.py]\nvariants: {{{variants}good: {{estimator: {{use: mean}}}}}}\n"
    )
    assert main(["run", "r.yaml", "--out=out", "--jobs=1", "--no-figures", *SMALL[:3]]) == 1
    messages = capsys.readouterr().err
    for message in FITS.values():
        assert message in messages
    assert "good" in Path("out/summary.csv").read_text()
    assert Path.cwd() == tmp_path


@pytest.mark.slow
def test_output_of_plugins_goes_to_standard_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.py").write_text(PLUGIN.format(fit="print('hello')"))
    Path("r.yaml").write_text(f"extends: {QUICK}\nname: r\nplugins: [bad.py]\nestimator: {{use: bad}}\n")
    assert main(["run", "r.yaml", "--json", "--jobs=1", "--no-figures", "--out=out", *SMALL[:3]]) == 0
    output, messages = capfd.readouterr()
    assert json.loads(output)["folder"] == "out"
    assert "hello" in messages


@pytest.mark.slow
def test_closed_output_pipe_shows_no_traceback() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "mpcl_core", "list"], stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert done.stderr == ""
