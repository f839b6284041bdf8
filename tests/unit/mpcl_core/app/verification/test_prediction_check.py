"""Compare the predictions that a run stores with those of its stored models."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.app.plugins import consent
from mpcl_core.app.plugins.consent import NOT_OF_RUNS, OF_RUNS
from mpcl_core.app.verification.prediction_check import find_other_predictions
from mpcl_core.model.save import Training, save_model
from mpcl_core.runs.reader import RunReader
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.protocols.loso import LOSO
from mpcl_registry.discover import discover
from support.audit_study import fold, with_folds, with_noise
from support.hand_made_runs import finish, study
from support.specs import block, train, variant_spec
from support.split_study import grid
from support.trainers import Unused

WINDOWS = with_noise(grid(3, 2))
PLUGIN = "@hookimpl\ndef mpcl_components(): return []\n"
FOLD = fold(range(8, 24), range(8), label="S1")


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one job with its model, whose predictions are those of the model."""
    job = tmp_path_factory.mktemp("run") / "jobs" / "main" / "0" / "S1"
    fitting, test = WINDOWS.take(FOLD.train), WINDOWS.take(FOLD.test)
    fitted = Mean().fit(fitting)
    spec = variant_spec("main", block(Mean), block(Unused), block(LOSO))
    spec = replace(spec, recipe={**spec.recipe, "train": train().model_dump(exclude_none=True)})
    save_model(job / "model", Training(spec, fitting, [], fitted, 0, "S1"), [])
    names = ("D", "weight", "subject", "trial", "window")
    arrays = {**{name: getattr(test, name) for name in names}, "row": FOLD.test, "D_pred": fitted.predict(test)}
    np.savez(job / "predictions.npz", **arrays)
    finish(job.parents[3], study("main"))
    return job


def problems(job: Path, messages: list[str] | None = None) -> list[str]:
    lines = messages if messages is not None else []
    run = RunReader(job.parents[3])
    found = find_other_predictions(run, [with_folds(WINDOWS, [FOLD])], [], NOT_OF_RUNS, lines.append)
    return [str(problem) for problem in found]


def test_predictions_of_the_stored_model_have_no_problem(job: Path) -> None:
    messages: list[str] = []
    assert problems(job, messages) == []
    assert messages == ["Predicting the test windows of 1 of 1 jobs again with their stored models"]


def test_other_predictions_are_named(job: Path) -> None:
    before = (job / "predictions.npz").read_bytes()
    arrays = dict(np.load(job / "predictions.npz"))
    np.savez(job / "predictions.npz", **{**arrays, "D_pred": np.full((8, 2), [0.9, 0.1])})
    (line,) = problems(job)
    assert "jobs/main/0/S1/predictions.npz" in line
    assert "'D_pred' differs from what the stored model predicts, by up to" in line
    (job / "predictions.npz").write_bytes(before)


def add_plugin(model: Path, text: str) -> None:
    """Give a model a plugin file that it states."""
    (model / "own.py").write_text(text)
    content = json.loads((model / "model.json").read_text())
    content["plugins"] = ["own.py"]
    content["files"]["own.py"] = hashlib.sha256(text.encode()).hexdigest()
    (model / "model.json").write_text(json.dumps(content))


def test_damaged_model_is_left_to_other_checks_and_a_job_without_one_is_passed_over(job: Path) -> None:
    weights = job / "model" / "weights.safetensors"
    before = weights.read_bytes()
    weights.write_bytes(before[:-1] + bytes([before[-1] ^ 255]))
    assert problems(job) == []
    weights.write_bytes(before)
    (job / "model" / "model.json").rename(job / "model" / "other.json")
    assert problems(job) == []
    (job / "model" / "other.json").rename(job / "model" / "model.json")


@pytest.mark.parametrize(
    ("texts", "searches"), [(("", ""), 1), (("a = 1\n", "a = 1\n"), 1), (("a = 1\n", "a = 2\n"), 2)]
)
def test_plugins_are_found_once_for_models_whose_plugin_files_have_the_same_texts(
    job: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: tuple[str, str], searches: int
) -> None:
    run = Path(shutil.copytree(job.parents[3], tmp_path / "run"))
    first = run / "jobs" / "main" / "0" / "S1"
    for folder, text in zip((first, Path(shutil.copytree(first, first.with_name("S2")))), texts, strict=True):
        if text:
            add_plugin(folder / "model", f"from mpcl_core.plugin import hookimpl\n{PLUGIN}{text}")
    calls: list[object] = []
    monkeypatch.setattr(consent, "discover", lambda *files, **how: (calls.append(files), discover(*files, **how))[1])
    study = with_folds(WINDOWS, [FOLD, replace(FOLD, label="S2")])
    assert list(find_other_predictions(RunReader(run), [study], [], OF_RUNS, lambda _: None)) == []
    assert len(calls) == searches
