"""A plugin that fails or changes the process is named with its file and the call, and affects nothing else."""

from pathlib import Path

import pytest
import torch

from mpcl_core.cli.main import main
from mpcl_registry.discover import discover
from support.paths import ROOT

QUICK = ROOT / "mpcl_core" / "recipes" / "described.yaml"
SMALL = [f"--set={x}" for x in ("source.subjects=2", "source.trials=3", "source.seconds=8", "dim=8", "train.epochs=1")]
HEAD = """
import random, numpy, torch
from mpcl_core.interfaces.components import Encoder
from mpcl_core.interfaces.hooks import hookimpl

{top}

class Bad(Encoder):
    "Bad."
    name = "bad"
    def __init__(self, *, modality, dim: int) -> None:
        super().__init__(modality=modality, dim=dim)
        self.n_tokens = modality.n_chans
        self.read = torch.nn.Linear(modality.n_times, dim)
        {build}
    def forward(self, x):
        {forward}
        return self.read(x)

@hookimpl
def mpcl_components():
    return [Bad]

{hooks}
"""


def plugin(folder: Path, top: str = "", build: str = "pass", forward: str = "pass", hooks: str = "") -> Path:
    path = folder / "bad.py"
    text = HEAD.format(top=top, build=build, forward=forward, hooks=hooks)
    path.write_text(text.replace("*, modality, dim", "*, modality: object, dim"))
    return path


def recipe(
    folder: Path,
    variants: str = "{good: {estimator: {use: mean}}, bad: {streams: {behavioural: {encoders: {face: {use: bad}}}}}}",
) -> Path:
    path = folder / "r.yaml"
    path.write_text(f"extends: {QUICK}\nname: r\nplugins: [bad.py]\nreferences: null\nvariants: {variants}\n")
    return path


def check(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the error message with which `check` rejects the recipe."""
    assert main(["check", str(recipe(folder)), *SMALL[:3]]) == 2
    message = capsys.readouterr().err
    assert "Traceback" not in message
    return " ".join(message.split())


def settings() -> tuple[object, ...]:
    return torch.get_default_dtype(), torch.get_num_threads(), torch.is_grad_enabled(), torch.initial_seed()


IMPORTS = {
    "torch.set_default_dtype(torch.float64)": "torch's default dtype went from torch.float32 to torch.float64",
    "torch.set_num_threads(torch.get_num_threads() + 1)": "torch's number of threads went from",
    "torch.manual_seed(3)": "torch's seed went from",
    "numpy.random.seed(3)": "numpy.random.seed() was called",
    "random.seed(3)": "random.seed() was called",
    "raise RuntimeError('boom')": "RuntimeError: boom",
    "1 / 0": "ZeroDivisionError",
}


@pytest.mark.parametrize("top", IMPORTS)
def test_fault_at_import_is_reported_and_undone(top: str, tmp_path: Path) -> None:
    before = settings()
    path = plugin(tmp_path, top=top)
    catalog = discover([path], entries=()).catalog
    assert list(catalog.not_loaded) == [str(path)]
    assert IMPORTS[top] in catalog.not_loaded[str(path)]
    assert catalog.find("encoder", "conv_tokens") is not None
    assert settings() == before


HOOKS = {
    "@hookimpl\ndef mpcl_job_end(job): pass": "unknown hook 'mpcl_job_end'",
    "@hookimpl\ndef mpcl_job_ended(jobb): pass": "{'jobb'} are declared in the hookimpl",
}


def test_hook_that_returns_a_class_is_rejected(tmp_path: Path) -> None:
    path = plugin(tmp_path)
    path.write_text(path.read_text().replace("return [Bad]", "return Bad"))
    reason = discover([path], entries=()).catalog.not_loaded[str(path)]
    assert reason == "mpcl_components() returned a class, not a list of classes"


@pytest.mark.parametrize("hooks", HOOKS)
def test_unknown_hook_or_argument_is_rejected(hooks: str, tmp_path: Path) -> None:
    path = plugin(tmp_path, hooks=hooks)
    found = discover([path], entries=())
    assert HOOKS[hooks] in found.catalog.not_loaded[str(path)]
    assert "mpcl_job_end" in found.catalog.not_loaded[str(path)]
    assert not found.manager.has_plugin(str(path))
    assert found.catalog.find("encoder", "bad") is None


def test_plugin_that_does_not_load_is_named_by_list_and_by_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = plugin(tmp_path, top="1 / 0")
    assert main(["list", "encoder", "--plugin", str(path), "--json"]) == 0
    assert "ZeroDivisionError" in capsys.readouterr().out
    message = check(tmp_path, capsys)
    assert "no encoder named 'bad'" in message
    assert f"Not loaded: {path} (ZeroDivisionError: division by zero, line 6)" in message


BUILDS = {
    "raise KeyError('x')": "KeyError: 'x'",
    "torch.set_default_dtype(torch.float64)": "torch's default dtype went from",
    "numpy.random.seed(3)": "numpy.random.seed() was called",
}


@pytest.mark.parametrize("build", BUILDS)
def test_fault_at_construction_is_reported_and_undone(
    build: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = plugin(tmp_path, build=build)
    before = settings()
    message = check(tmp_path, capsys)
    assert f"building 'bad' ({path})" in message
    assert BUILDS[build] in message
    assert settings() == before


FORWARDS = {
    "raise KeyError('x')": "bad.py:17) failed in forward(): KeyError: 'x'",
    "x = x.no_such_thing": "bad.py:17) failed in forward(): AttributeError",
    "return x": "bad.py) returned tokens (2, 12, 40), not (2, 12, 32)",
    "return None": "bad.py) returned tokens NoneType, not (2, 12, 32)",
    "torch.set_num_threads(7)": "bad.py): forward() changes the state of the whole process: torch's number of threads",
    "torch.manual_seed(3)": "bad.py): forward() changes the state of the whole process: torch's seed",
    "random.seed(3)": "bad.py): forward() changes the state of the whole process: random.seed() was called",
}


@pytest.mark.slow
@pytest.mark.parametrize("forward", FORWARDS)
def test_fault_in_forward_is_reported_by_check_and_undone(
    forward: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plugin(tmp_path, forward=forward)
    before = settings()
    message = check(tmp_path, capsys)
    assert "encoder 'bad' (" in message
    assert FORWARDS[forward] in message
    assert settings() == before


@pytest.mark.slow
def test_fault_in_forward_during_a_run_fails_only_its_job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = plugin(tmp_path, forward="if x.any(): raise KeyError('x')")
    out = tmp_path / "out"
    assert main(["run", str(recipe(tmp_path)), "--out", str(out), "--jobs=1", "--no-figures", *SMALL]) == 1
    copied = out / "plugins" / path.name
    assert f"encoder 'bad' ({copied}:17) failed in forward(): KeyError: 'x'" in capsys.readouterr().err
    log = next((out / "jobs" / "bad").rglob("job.log")).read_text()
    assert "Traceback" in log
    assert "KeyError: 'x'" in log
    assert "good" in (out / "summary.csv").read_text()


@pytest.mark.slow
def test_wrong_shape_during_a_run_names_the_component(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = plugin(tmp_path, forward="if x.any(): return self.read(x)[:, 1:]")
    out = tmp_path / "out"
    assert main(["run", str(recipe(tmp_path)), "--out", str(out), "--jobs=1", "--no-figures", *SMALL]) == 1
    assert f"encoder 'bad' ({out / 'plugins' / path.name}) returned tokens (" in capsys.readouterr().err
    assert "good" in (out / "summary.csv").read_text()


DYING = """
import ctypes, os, time
import numpy as np
from mpcl_core.interfaces.components import Estimator
from mpcl_core.interfaces.hooks import hookimpl

class Dies(Estimator):
    "Does something that ends or spoils its process, in the fold without the second subject."
    name = "dies"
    def __init__(self, *, of: str = "") -> None:
        self.of = of
    def fit(self, windows):
        if "s02" in windows.subject:
            return self
        if self.of == "segfault": ctypes.string_at(0)
        if self.of == "interrupt": raise KeyboardInterrupt
        if self.of == "base": raise BaseException("base")
        if self.of == "patch": np.mean = None
        if self.of == "close": os.close(1)
        if self.of == "memory": np.ones(2**29)
        if self.of == "time": time.sleep(100)
        return self
    def predict(self, windows):
        return np.full(windows.D.shape, 1 / windows.D.shape[1])

@hookimpl
def mpcl_components():
    return [Dies]
"""
FAILURES = {
    "segfault": "the process of job segfault/0/s02 died twice at the same place; the last time it was ended by signal SIGSEGV",
    "interrupt": "failed in fit(): KeyboardInterrupt",
    "base": "failed in fit(): BaseException: base",
    "patch": "changes what all components share: numpy.mean was replaced",
    "close": "changes what all components share: file descriptor 1 was closed",
    "memory": "it needs more memory than --job-memory 1000 (MiB) allows: estimator 'dies' (",
    "time": "the process of job time/0/s02 died: it took longer than 10 s (--job-timeout)",
}


@pytest.mark.slow
def test_plugin_that_ends_its_process_ends_its_own_job_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run one process at a time, under limits that one job exceeds."""
    (tmp_path / "dies.py").write_text(DYING)
    variants = ", ".join(f"{of}: {{estimator: {{use: dies, of: {of}}}}}" for of in FAILURES)
    (tmp_path / "r.yaml").write_text(
        "name: r\nplugins: [dies.py]\nsource: {use: simulated, subjects: 3, trials: 2, seconds: 4.0}\n"
        "prepare: [{use: window, length: 4.0, hop: 4.0}]\nprotocol: {use: loso}\nreferences: null\n"
        f"variants: {{{variants}}}\n"
    )
    limits = ["--jobs=1", "--job-timeout=10", "--job-memory=1000", "--no-figures"]
    out = tmp_path / "out"
    assert main(["run", str(tmp_path / "r.yaml"), "--out", str(out), *limits]) == 1
    error = capsys.readouterr().err
    assert "Traceback" not in error
    failed = [line for line in error.splitlines() if line.startswith("Failed: ")]
    assert len(failed) == len(FAILURES)
    for message in FAILURES.values():
        assert any(message in line for line in failed), message
    for of in FAILURES:
        assert len(list((out / "jobs" / of).rglob("predictions.npz"))) == 2
