"""``mpcl doctor``."""

import json
from importlib import metadata
from pathlib import Path

import pytest

from mpcl_core.cli.main import main
from mpcl_core.installed import health
from mpcl_registry.discover import DEFAULT_PLUGINS


def test_complete_installation_has_no_problems(cache_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["versions"]["torch"].startswith("2.")
    assert found["cache"] == str(cache_dir)
    assert found["devices"][0].startswith("cpu")
    assert {"pyedflib", "pyxdf"} <= set(found["extras"]["bio"]["packages"])
    assert set(found["plugins"]) <= set(DEFAULT_PLUGINS)
    assert found["problems"] == []
    assert main(["doctor"]) == 0
    displayed = capsys.readouterr().out
    for word in ("versions", "devices", "threads", "plugins", "extras", "cache", "notes", "problems"):
        assert word in displayed


def test_plugin_that_does_not_load_is_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.py").write_text("raise RuntimeError('boom')")
    assert main(["doctor", "--json", "--plugin", str(tmp_path / "broken.py")]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem.endswith("broken.py does not load: RuntimeError: boom, line 1")


def test_missing_package_is_named_with_its_install_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = metadata.version

    def version(name: str) -> str:
        if name in ("pyxdf", "einops"):
            raise metadata.PackageNotFoundError(name)
        return "1.0" if name == "pluggy" else found(name)

    monkeypatch.setattr(health, "version", version)
    assert main(["doctor", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["extras"]["bio"]["packages"]["pyxdf"] == "absent"
    assert answer["extras"]["bio"]["install"].endswith("-m pip install 'mpcl[bio]'")
    missing, old = answer["problems"]
    assert missing.startswith("einops is not installed: ")
    assert missing.endswith("-m pip install 'einops>=0.8'")
    assert old == "pluggy is 1.0, but must be >=1.5"


def test_cache_that_cannot_be_written_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MPCL_CACHE", "/dev/null/cache")
    assert main(["doctor", "--json"]) == 1
    assert "the cache cannot be written: /dev/null/cache" in json.loads(capsys.readouterr().out)["problems"][0]
