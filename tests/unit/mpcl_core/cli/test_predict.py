"""``mpcl predict`` writes a row for each window or trial, and states what limits the predictions."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mpcl_core.app.model_folders import loading
from mpcl_core.app.prediction import predicting
from mpcl_core.cli.main import main
from mpcl_core.model.model import Model
from support.small_models import new_person, small_model


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    """Take the place of a stored model and of the windows of an input."""
    made = small_model()
    monkeypatch.setattr(loading, "load_model", lambda *_: made)
    monkeypatch.setattr(predicting, "predict", lambda *_, **__: made.predict(new_person()))
    return made


@pytest.mark.parametrize(("by", "n"), [("window", 12), ("trial", None)])
def test_rows_are_windows_or_trials(by: str, n: int | None, model: Model, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "MODEL", "film.csv", "--by", by]) == 0
    printed = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(printed.out)))
    assert len(rows) == (n or len(set(new_person().trial)))
    assert {"subject", "trial", *model.labels} <= rows[0].keys()
    assert "No error bars: " in printed.err


def test_table_is_written_and_named(model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "p.json"
    assert main(["predict", "MODEL", "film.csv", "--out", str(out)]) == 0
    assert json.loads(out.read_text())
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"12 rows, {len(model.labels)} emotions: {out}" in printed.err.replace("\n", "")


@pytest.mark.parametrize("option", ["--out=p.txt", "--figure=p.txt"])
def test_other_kinds_of_files_are_refused_before_anything_is_read(
    option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("nothing may be read")

    monkeypatch.setattr(loading, "load_model", refuse)
    assert main(["predict", "MODEL", "film.csv", option]) == 2
    assert "p.txt" in capsys.readouterr().err
