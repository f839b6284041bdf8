"""A server answers predictions, states the model, and refuses the rest with a message and never with a failure."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

pytest.importorskip("fastapi")
httpx = pytest.importorskip("httpx")

from mpcl_core.serving.application import make_application  # noqa: E402
from mpcl_core.serving.settings import ServeSettings  # noqa: E402
from support.live_models import LABELS, live_model, recording  # noqa: E402
from support.served import served  # noqa: E402

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    model = live_model()
    settings = ServeSettings(port=0, largest_body=2**20, most_windows=50, most_waiting=50)
    with served(make_application(model, settings)) as address, httpx.Client(base_url=address, timeout=60) as opened:
        yield opened


def windows(n: int, seed: int = 0) -> dict[str, list[Any]]:
    rng = np.random.default_rng(seed)
    return {"eeg": rng.standard_normal((n, 2, 128)).round(3).tolist()}


def test_predictions_of_windows_are_those_of_the_model(client: Any) -> None:
    body = windows(3)
    answer = client.post("/predict", json=body)
    assert answer.status_code == 200
    columns = answer.json()["columns"]
    expected = live_model().predict({"eeg": np.array(body["eeg"], np.float32)})
    np.testing.assert_allclose(np.transpose([columns[label] for label in LABELS]), expected.D_pred, atol=1e-9)
    assert columns["flags"] == ["gsr absent"] * 3


def test_uploaded_recording_is_predicted(client: Any) -> None:
    lines = [f"{a:.4f},{b:.4f}" for a, b in recording(4.0).signals["eeg"].values.T]
    file = ("film.csv", "\n".join(["Cz,Fz", *lines]))
    answer = client.post("/predict", files={"file": file}, data={"rate": "eeg=64"})
    assert answer.status_code == 200
    assert answer.json()["columns"]["trial"] == ["film"] * 5
    answer = client.post("/predict", files={"file": file}, data={"rate": "eeg=64", "stretch": "2"})
    assert answer.json()["columns"]["trial"] == ["film@0"] * 4 + ["film@2"]


def test_model_health_and_interface_are_stated(client: Any) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    model = client.get("/model").json()
    assert (model["labels"], model["live"], "recipe" in model) == (list(LABELS), False, False)
    assert "/predict" in client.get("/openapi.json").json()["paths"]
    page = client.get("/")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert client.get("/live").status_code == 404


HOSTILE: list[tuple[str, dict[str, Any]]] = [
    ("POST /predict", {"content": b"{", "headers": {"content-type": "application/json"}}),
    ("POST /predict", {"content": b"[" * 200_000, "headers": {"content-type": "application/json"}}),
    ("POST /predict", {"json": {"ecg": [[[1.0]]]}}),
    ("POST /predict", {"json": {"eeg": [[[1.0]]]}}),
    ("POST /predict", {"json": {"eeg": [[[None] * 127 + [1.0]] * 2]}}),
    ("POST /predict", {"json": windows(51)}),
    ("POST /predict", {"content": b"x" * (2**20 + 1)}),
    ("POST /predict", {"content": b"x"}),
    ("POST /predict", {"data": {"file": "no file"}, "files": {"other": ("a.csv", b"1")}}),
    ("POST /predict", {"files": [("file", ("a.csv", b"1")), ("file", ("b.csv", b"1"))]}),
    ("POST /predict", {"files": {"file": ("a.csv", b"subject,trial,eeg\na,b,/etc/passwd")}}),
    ("POST /predict", {"files": {"file": ("a.csv", b"Cz,Fz\n1,2\n")}, "data": {"rate": "eeg=0"}}),
    ("POST /predict", {"files": {"file": ("a.csv", b"Cz,Fz\n1,2\n")}, "data": {"stretch": "-1"}}),
    ("POST /predict", {"content": b"--x", "headers": {"content-type": "multipart/form-data; boundary=y"}}),
    ("POST /predict", {"content": b"--x", "headers": {"content-type": "multipart/form-data"}}),
    ("GET /predict", {}),
    ("GET /../../etc/passwd", {}),
    ("DELETE /model", {}),
    ("GET /health", {"headers": {"host": "evil.example"}}),
    ("GET /model", {"headers": {"origin": "https://evil.example"}}),
]


@pytest.mark.parametrize(("request_line", "parts"), HOSTILE)
def test_hostile_requests_are_refused_with_one_message(client: Any, request_line: str, parts: dict[str, Any]) -> None:
    method, path = request_line.split()
    answer = client.request(method, path, **parts)
    assert 400 <= answer.status_code < 500, answer.text
    assert list(json.loads(answer.text)) == ["error"]
