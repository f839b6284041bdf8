"""``mpcl serve`` passes its options on, and takes the token from a file or the environment."""

from pathlib import Path
from typing import Any

import pytest

from mpcl_core.app.model_folders import loading
from mpcl_core.cli.main import main
from mpcl_core.serving import server
from mpcl_core.serving.settings import ServeSettings
from support.live_models import live_model

TOKEN = "0123456789abcdef"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    calls: list[Any] = []
    monkeypatch.setattr(loading, "load_model", lambda *_: live_model())
    monkeypatch.setattr(server, "serve", lambda *parts: calls.append(parts))
    monkeypatch.delenv("MPCL_TOKEN", raising=False)
    return calls


def test_options_become_settings(served: list[Any], tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    options = ["--host", "0.0.0.0", "--port", "0", "--largest", "1", "--most-windows", "9"]
    assert main(["serve", "model", *options, "--token-file", str(tmp_path / "token"), "--replay", "x"]) == 0
    (_, settings, live, _) = served[0]
    assert settings == ServeSettings("0.0.0.0", 0, TOKEN, 2**20, 9, 30.0)
    assert live is not None


def test_other_host_without_token_is_refused(served: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "model", "--host", "0.0.0.0"]) == 2
    assert "state a token" in capsys.readouterr().err
    assert main(["serve", "model", "--token-file", "/nothing"]) == 2
    assert served == []


def test_token_of_the_environment_counts(served: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPCL_TOKEN", TOKEN)
    assert main(["serve", "model"]) == 0
    assert (served[0][1].token, served[0][2]) == (TOKEN, None)
