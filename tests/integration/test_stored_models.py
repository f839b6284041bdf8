"""The models that a run stores predict what its jobs predicted, elsewhere, without its data and in the command line."""

import csv
from pathlib import Path

import numpy as np
import pytest

import mpcl_core
from mpcl_core.app.plugins.consent import RefusedPluginError
from mpcl_core.app.prediction.model_input import ModelInput
from mpcl_core.app.prediction.predicting import predict
from mpcl_core.cli.main import main
from mpcl_core.interfaces.errors import DataError

pytestmark = pytest.mark.slow

PLUGIN = """
import numpy as np
from mpcl_core.plugin import Estimator, hookimpl

class Own(Estimator):
    "Predict the mean."
    name = "own"
    def fit(self, windows):
        self.mean = windows.D.mean(0)
        return self
    def predict(self, windows):
        return np.tile(self.mean, (len(windows), 1))

@hookimpl
def mpcl_components():
    return [Own]
"""
SETS = ("source.subjects=2", "source.trials=2", "source.seconds=8", "dim=8", "train.epochs=1")
RECIPE = "extends: described\nname: study\nplugins: [own.py]\nvariants:\n  main: {}\n  own: {estimator: {use: own}}\n"


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stored")
    (folder / "own.py").write_text(PLUGIN)
    (folder / "study.yaml").write_text(RECIPE)
    mpcl_core.run(folder / "study.yaml", sets=SETS, out=folder / "run", jobs=1, figures=False)
    (folder / "run" / "jobs").rename(folder / "moved")
    (folder / "own.py").unlink()
    return folder / "moved"


@pytest.mark.parametrize("variant", ["main", "knn", "mean", "uniform"])
def test_moved_model_predicts_what_its_job_predicted(jobs: Path, tmp_path: Path, variant: str) -> None:
    job, out = jobs / variant / "0" / "s01", tmp_path / "p.csv"
    options = [word for each in SETS for word in ("--set", each)]
    assert main(["predict", str(job / "model"), "described", "--subjects", "s01", "--out", str(out), *options]) == 0
    rows = list(csv.DictReader(out.read_text().splitlines()))
    with np.load(job / "predictions.npz") as stored:
        labels = mpcl_core.load_model(job / "model").labels
        D_pred = np.array([[float(row[label]) for label in labels] for row in rows])
        assert np.abs(D_pred - stored["D_pred"]).max() < 1e-6
        assert [int(row["window"]) for row in rows] == stored["window"].tolist()


def test_plugin_of_a_model_is_imported_with_consent_only(jobs: Path) -> None:
    folder = jobs / "own" / "0" / "s01" / "model"
    assert (folder / "plugins" / "own.py").is_file()
    with pytest.raises(RefusedPluginError, match=r"own\.py is not imported without --trust"):
        mpcl_core.load_model(folder)
    model = mpcl_core.load_model(folder, trust=True)
    modality = model.modalities[0]
    assert len(model.predict({modality.name: np.ones((3, modality.n_chans, modality.n_times or 1))})) == 3
    assert not (jobs / "main" / "0" / "s01" / "model" / "plugins").exists()


def test_network_of_a_model_embeds_windows(jobs: Path) -> None:
    model = mpcl_core.load_model(jobs / "main" / "0" / "s01" / "model")
    modality = model.modalities[0]
    values = {modality.name: np.ones((3, modality.n_chans, modality.n_times or 1))}
    assert {name: z.shape for name, z in model.embed(values).items()} == {
        "physiological": (3, 8),
        "behavioural": (3, 8),
    }
    with pytest.raises(DataError, match="'knn' is an estimator"):
        _ = mpcl_core.load_model(jobs / "knn" / "0" / "s01" / "model").network


def test_recording_needs_a_rate_and_some_channel_of_the_model(jobs: Path, tmp_path: Path) -> None:
    folder, signal = str(jobs / "knn" / "0" / "s01" / "model"), tmp_path / "a.csv"
    signal.write_text("GSR\n" + "".join(f"{3 + number % 7}\n" for number in range(80)))
    out = tmp_path / "p.json"
    with pytest.raises(DataError, match=r"does not state the rate of 'gsr'; name it with --rate gsr=HZ"):
        predict(mpcl_core.load_model(folder), ModelInput(signal))
    assert main(["predict", folder, str(signal), "--rate", "gsr=4", "--by", "trial", "--out", str(out)]) == 0
    assert '"present_gsr": 1.0' in out.read_text()
    signal.write_text(signal.read_text().replace("GSR", "gsr."))
    messages: list[str] = []
    stated = ModelInput(signal, rates={"gsr": 4.0}, on_message=messages.append)
    predict(mpcl_core.load_model(folder), stated)
    assert messages == ["gsr: a.csv spells channels otherwise; the model takes 'gsr.' as GSR"]
    signal.write_text("ECG\n1\n2\n")
    with pytest.raises(DataError, match=r"has none of the model's channels \(eeg: Fp1"):
        predict(mpcl_core.load_model(folder), ModelInput(signal))


def test_recording_at_another_rate_is_resampled_and_a_short_one_is_flagged(jobs: Path, tmp_path: Path) -> None:
    folder = str(jobs / "main" / "0" / "s01" / "model")
    (tmp_path / "a.csv").write_text("time,GSR\n" + "".join(f"{n / 8},{3 + n % 7}\n" for n in range(80)))
    (tmp_path / "b.csv").write_text("time,GSR\n" + "".join(f"{n / 8},{3 + n % 7}\n" for n in range(16)))
    out, figure = tmp_path / "p.csv", tmp_path / "p.svg"
    options = ["--out", str(out), "--figure", str(figure), "--embeddings"]
    assert main(["predict", folder, str(tmp_path), *options]) == 0
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [row["window"] for row in rows] == ["0", "1", "2", "3", ""]
    assert rows[-1]["flags"] == "too short: gsr lasts 2 s, a window 4 s"
    assert "physiological_7" in rows[0]
    assert figure.is_file()
