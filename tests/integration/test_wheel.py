"""The wheel holds everything that is needed: commands, recipes, plugins and API work from an unrelated folder."""

import os
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from mpcl_core import recipes
from support.paths import ROOT

pytest.importorskip("hatchling")

SMALL = ["source.subjects=3", "source.trials=4", "source.seconds=12", "dim=8", "train.epochs=1"]
API = """
import mpcl_core
assert mpcl_core.__file__.startswith({folder!r})
run = mpcl_core.run("mine.yaml", variants=["flat"], out="api", jobs=1, figures=False, on_message=None)
assert len(run.summary())
"""
ESTIMATOR = """
from mpcl_core.sklearn import MPCLEstimator, arrays
X, y, groups, modalities = arrays("described", {sets!r})
model = MPCLEstimator("described", modalities=modalities, sets={sets!r}, random_state=0).fit(X, y, groups)
assert model.predict(X).shape == y.shape
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def unpacked(wheel: Path) -> Path:
    folder = wheel.parent / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def python(unpacked: Path, folder: Path, *arguments: str) -> str:
    """Run Python in a folder with what the wheel holds."""
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_wheel_contains_every_file_of_the_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info" not in name}
    roots = {"mpcl_core": ROOT, "mpcl_registry": ROOT / "registry", "mpcl_plugins": ROOT / "plugins"}
    expected = {
        path.relative_to(root).as_posix()
        for package, root in roots.items()
        for path in (root / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert found == expected


@pytest.mark.slow
def test_commands_work_from_an_unrelated_folder(unpacked: Path, tmp_path: Path) -> None:
    sets = [f"--set={text}" for text in SMALL]
    assert python(unpacked, tmp_path, "-m", "mpcl_core", "--version") == f"mpcl {metadata.version('mpcl')}\n"
    listed = python(unpacked, tmp_path, "-m", "mpcl_core", "list", "recipes", "--json")
    assert all(f'"{name}"' in listed for name in recipes.names())
    python(unpacked, tmp_path, "-m", "mpcl_core", "run", "described", "--jobs=1", "--out=run", *sets)
    assert (tmp_path / "run" / "report.html").is_file()
    python(unpacked, tmp_path, "-m", "mpcl_core", "new", "plugin", "moments", "--slot", "encoder")
    assert "checks passed" in python(unpacked, tmp_path, "-m", "mpcl_core", "test", "moments.py")


@pytest.mark.slow
def test_api_and_estimator_work_from_an_unrelated_folder(unpacked: Path, tmp_path: Path) -> None:
    sets = "source: {subjects: 3, trials: 4, seconds: 12}\n"
    (tmp_path / "mine.yaml").write_text(
        f"extends: described\nname: mine\n{sets}variants: {{flat: {{estimator: {{use: uniform}}}}}}\n"
    )
    python(unpacked, tmp_path, "-c", API.format(folder=str(unpacked)))
    python(unpacked, tmp_path, "-c", ESTIMATOR.format(sets=tuple(SMALL)))
