"""The two tutorials: they run, keep the contract, and hold on real recordings what their text says."""

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from scipy.signal import butter, find_peaks, sosfiltfilt

from mpcl_core.app.inspection.checking import check
from mpcl_core.cli.main import main
from mpcl_core.data.cache.prepared_windows import WindowCache
from mpcl_core.data.plan import load_studies
from mpcl_core.interfaces.data import Modality
from mpcl_core.recipe.load import load
from support.code_blocks import blocks
from support.paths import ROOT

EXAMPLES = ROOT / "examples"
SMALL = [f"source.source.{part}" for part in ("subjects=3", "trials=3", "seconds=12")]
RSP = Path("neurokit") / "bio_resting_5min_100hz.csv"


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_the_first_is_under_forty_lines_and_one_line_adds_it() -> None:
    assert len((EXAMPLES / "respiration" / "respiration.py").read_text().splitlines()) < 40
    (line, _) = blocks("examples/respiration/README.md", "yaml")
    assert line.count("\n") == 1
    assert line.strip() in (EXAMPLES / "respiration" / "respiration.yaml").read_text()


@pytest.mark.parametrize("name", ["respiration", "eye_tracking"])
def test_it_is_a_package(name: str) -> None:
    project = tomllib.loads((EXAMPLES / name / "pyproject.toml").read_text())
    assert project["project"]["entry-points"]["mpcl"] == {name: name}
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"] == [f"{name}.py"]
    assert (EXAMPLES / name / f"{name}.py").is_file()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "remaining", "left_out"),
    [("respiration", "with", ["without"]), ("eye_tracking", "bridged", ["without", "gaps"])],
)
def test_its_recipe_runs(
    name: str,
    remaining: str,
    left_out: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    options = [
        f"--set={part}" for part in (*SMALL, "train.epochs=1", "references=null", "protocol={use: random_windows}")
    ]
    options += [f"--set=variants.{variant}=null" for variant in left_out]
    recipe = EXAMPLES / name / f"{name}.yaml"
    assert main(["run", str(recipe), "--out", "run", "--jobs=1", "--no-figures", *options]) == 0
    assert f"{remaining}," in Path("run/summary.csv").read_text()


@pytest.mark.slow
def test_their_own_tests_pass() -> None:
    pytest.importorskip("mpcl_core.testing.contract")
    folders = [str(EXAMPLES / name) for name in ("respiration", "eye_tracking")]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        "--import-mode=prepend",
        *folders,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["respiration", "eye_tracking"])
def test_the_commands_of_its_text_exist(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    (block,) = blocks(f"examples/{name}/README.md", "sh")
    *others, run = [line.split()[1:] for line in block.splitlines()]
    assert run == ["run", f"examples/{name}/{name}.yaml"]
    for command in others:
        options = [f"--set={part}" for part in SMALL] if command[0] == "check" else []
        assert main([*command, *options]) == 0
        assert capsys.readouterr().out


@pytest.fixture(scope="module")
def belt(data_dir: Path) -> np.ndarray:
    """Five minutes of a resting person's breathing, 100 Hz."""
    return np.loadtxt(data_dir / RSP, delimiter=",", skiprows=1)[:, 2].astype(np.float32)


def test_the_rate_of_real_breathing(belt: np.ndarray) -> None:
    slow = sosfiltfilt(butter(2, [0.1, 0.5], "band", fs=100, output="sos"), belt)
    breaths, _ = find_peaks(slow, prominence=slow.std() / 2)
    counted = [100 / np.diff(breaths[(breaths >= at) & (breaths < at + 1000)]).mean() for at in range(0, 30000, 1000)]
    encoder = module(EXAMPLES / "respiration" / "respiration.py").Respiration(
        modality=Modality("respiration", 1, 1000, 100.0), dim=8
    )
    depth, rate = encoder.breathing(torch.from_numpy(belt).view(-1, 1, 1000)).numpy().T
    assert 1.1 < rate.mean() / np.mean(counted) < 1.3, "a fifth to a quarter above what counting gives"
    assert 0.4 < np.corrcoef(rate, counted)[0, 1] < 0.65
    np.testing.assert_allclose(depth, belt.reshape(-1, 1000).std(1), rtol=1e-3)


@pytest.mark.slow
def test_a_belt_of_ones_own_needs_no_source(
    belt: np.ndarray,
    data_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The text's block reads the real recording; the people and the ratings are made up."""
    monkeypatch.chdir(tmp_path)
    file = (data_dir / RSP).resolve()
    rows = [f"s{n // 2},t{n % 2},{n * 50},{n * 50 + 50},{file},{n},1" for n in range(6)]
    Path("study.csv").write_text("\n".join(["subject,trial,start,stop,belt,calm,tense", *rows, ""]))
    Path("respiration.py").write_text((EXAMPLES / "respiration" / "respiration.py").read_text())
    (_, block) = blocks("examples/respiration/README.md", "yaml")
    rest = (
        "name: mine\ndim: 8\nprotocol: {use: loso}\nhead: {use: linear}\nobjectives: {d: {use: kl}}\n"
        "streams: {physiological: {encoders: {respiration: {use: respiration}}, fusion: {use: mean}}}\n"
    )
    Path("mine.yaml").write_text(block + rest)
    assert main(["check", "mine.yaml"]) == 0
    assert "30 windows of 3 subjects" in capsys.readouterr().out


@pytest.mark.slow
def test_absent_is_absent() -> None:
    """How much of the gaze is there, as its README says; what is not there is zero and says so."""
    recipe = load(EXAMPLES / "eye_tracking" / "eye_tracking.yaml", ["source.source.subjects=3"])
    gaps, bridged = (
        study.windows for study in load_studies(check(recipe).specs, WindowCache("gaze", lambda text: None))
    )
    assert len(gaps) == len(bridged), "a row stays, whatever it lacks"
    assert 0.1 < gaps.present["gaze"].mean() < 0.3
    assert 0.6 < bridged.present["gaze"].mean() < 0.85
    for windows in (gaps, bridged):
        assert not windows.X["gaze"][~windows.present["gaze"]].any()
        assert np.isfinite(windows.X["gaze"]).all()
