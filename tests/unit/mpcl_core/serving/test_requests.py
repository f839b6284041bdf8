"""What a request may ask to predict, and what is refused with one message."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core import testing
from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import DataError, UsageError, UserError
from mpcl_core.model.model import Model
from mpcl_core.serving.requests import TooLargeRequestError, predict_upload, read_stretch, read_windows
from mpcl_core.serving.settings import ServeSettings
from mpcl_plugins.estimators.uniform import Uniform
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.sources.simulated import Simulated
from support.live_models import live_model, pooled_model, recording
from support.model_descriptions import described
from support.specs import block, variant_spec

SETTINGS = ServeSettings(most_windows=6)
MODALITIES = live_model().modalities
REFUSED = [
    (b"", "is not JSON"),
    (b"[" * 100_000, "nested more than 100 deep"),
    (b"\xff\xfe", "is not JSON"),
    (b"[1, 2]", "must be an object"),
    (b"{}", "must be an object"),
    (b'{"eeg": "text"}', "eeg: must be numbers"),
    (b'{"eeg": {"a": 1}}', "eeg: must be numbers"),
    (b'{"eeg": [[[1, 2], [1]]]}', "eeg: must be numbers"),
    (b'{"eeg": []}', r"eeg: shape \(0,\), but the model takes \(N, 2, 128\): windows × channels"),
    (b'{"eeg": 4}', "eeg: shape"),
    (b'{"eeg": [[[1e999]]]}', "infinite or too large"),
    (b'{"eeg": [[[1e39]]]}', "infinite or too large"),
    (b'{"eeg": [[[' + b"9" * 5000 + b"]]]}", "is not JSON"),
]


@pytest.mark.parametrize(("body", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_malformed_json_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_windows(body, SETTINGS, MODALITIES)


def test_windows_are_read_with_null_as_missing() -> None:
    (values,) = read_windows(b'{"gsr": [[[1, null]], [[2.5, 3]]]}', SETTINGS, MODALITIES).values()
    np.testing.assert_array_equal(values, np.array([[[1, np.nan]], [[2.5, 3]]], np.float32))
    with pytest.raises(TooLargeRequestError, match="7 windows, but one request may have at most 6"):
        read_windows(b'{"gsr": [%s]}' % b",".join([b"[[1]]"] * 7), SETTINGS, MODALITIES)


def csv_of(seconds: float) -> bytes:
    lines = [f"{a:.4f},{b:.4f}" for a, b in recording(seconds).signals["eeg"].values.T]
    return "\n".join(["Cz,Fz", *lines]).encode()


def test_recording_is_predicted_under_its_own_name() -> None:
    found = predict_upload(live_model(), "../../etc/my film.csv", csv_of(4.0), {"eeg": 64.0}, SETTINGS)
    assert found.columns()["trial"] == ["my_film"] * 5
    with pytest.raises(TooLargeRequestError, match="more than 6 windows"):
        predict_upload(live_model(), "a.csv", csv_of(8.0), {"eeg": 64.0}, SETTINGS)


def test_stretches_of_a_recording_have_a_prediction_each() -> None:
    def n_predictions(stretch: float | None) -> int:
        found = predict_upload(pooled_model(), "film.csv", csv_of(12.0), {"eeg": 64.0}, SETTINGS, stretch)
        assert len(found) == 6
        return len(np.unique(found.D_pred, axis=0))

    assert [n_predictions(stretch) for stretch in (None, 4.0, 2.0)] == [1, 3, 6]


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "a minute"])
def test_stretch_that_is_no_duration_is_refused(text: str) -> None:
    assert read_stretch("") is None
    with pytest.raises(DataError, match=f"a number of seconds above 0, got '{text}'"):
        read_stretch(text)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.py", b"", "cannot be uploaded; known kinds"),
        ("", b"", "cannot be uploaded"),
        ("a.csv", b"subject,trial,eeg\ns1,t1,/etc/passwd\n", "lists files, and cannot be uploaded"),
        ("a.csv", b"Cz,Fz\n1,2\n", "a.csv: does not state the rate of 'eeg'; name it with eeg=HZ"),
        ("a.csv", b"", "a.csv"),
        ("a.npz", b"PK\x03\x04 no archive", "a.npz"),
        ("a.edf", b"0" * 300, "a.edf"),
        ("a.parquet", b"PAR1", "a.parquet"),
    ],
)
def test_what_cannot_be_read_is_refused(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message) as caught:
        predict_upload(live_model(), name, content, {}, SETTINGS)
    assert isinstance(caught.value, DataError | UsageError)
    assert "/tmp" not in str(caught.value)


def test_a_feature_table_is_predicted_by_a_model_of_one() -> None:
    modalities = (Modality("skin", 1, 1, ch_names=("gsr",)),)
    recipe = {"source": {"use": "table", "path": "walks.csv"}}
    study = testing.study()
    description = described(inputs=modalities, modalities=modalities, labels=study.labels, recipe=recipe)
    spec = variant_spec("uniform", block(Uniform), block(Simulated), block(LOSO))
    model = Model(description, spec, [], Uniform().fit(study))
    table = b"subject,trial,gsr\ns1,a,1.5\ns1,b,\n"
    found = predict_upload(model, "walks.csv", table, {}, SETTINGS)
    assert found.windows.trial.tolist() == ["a", "b"]
    assert found.windows.present["skin"].tolist() == [True, False]
    with pytest.raises(DataError, match="name one"):
        predict_upload(model, "walks.edf", table, {}, SETTINGS)
