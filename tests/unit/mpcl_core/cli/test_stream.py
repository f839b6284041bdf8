"""``mpcl stream`` prints a line of JSON for each window of a replayed recording."""

import json
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.app.model_folders import loading
from mpcl_core.cli.main import main
from support.live_models import live_model, recording


@pytest.fixture(autouse=True)
def _model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "load_model", lambda *_: live_model())


def test_replay_prints_json_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    eeg = recording(4.0).signals["eeg"].values
    file = tmp_path / "s07" / "film.csv"
    file.parent.mkdir()
    np.savetxt(file, eeg.T, delimiter=",", header="Cz,Fz", comments="")
    assert main(["stream", "model", "--replay", str(file), "--rate", "eeg=64", "--speed", "0"]) == 0
    out, status = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert [(line["subject"], line["trial"], line["window"]) for line in lines] == [
        ("s07", "film", i) for i in range(5)
    ]
    assert {line["flags"] for line in lines} == {"gsr absent"}
    assert "eeg: 256 samples, 0 lost, 0 late" in status
