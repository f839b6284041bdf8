"""``mpcl new plugin``: what it writes works at once, for every slot, and it never writes over anything or half."""

import tomllib
from pathlib import Path

import pytest

from mpcl_core.cli.main import main
from mpcl_core.interfaces.components import SLOTS
from mpcl_registry.discover import discover


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(name: str, *options: str, capsys: pytest.CaptureFixture[str]) -> str:
    before = sorted(Path().rglob("*"))
    assert main(["new", "plugin", name, *(options or ("--slot", "encoder"))]) == 2
    assert sorted(Path().rglob("*")) == before, "nothing is written"
    return capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("slot", SLOTS)
def test_new_plugin_is_found_and_its_recipe_has_no_fault(slot: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "plugin", "my_idea", "--slot", slot]) == 0
    assert "Written: my_idea.py, test_my_idea.py, my_idea.yaml." in capsys.readouterr().out
    catalog = discover([Path("my_idea.py")], entries=()).catalog
    found = catalog.find(slot, "my_idea")
    assert found is not None, catalog.not_loaded
    assert found.__name__ == "MyIdea"
    assert main(["check", "my_idea.yaml"]) == 0
    assert "no faults" in capsys.readouterr().out or slot == "estimator"
    for path in Path().iterdir():
        assert "emplate" not in path.read_text()


@pytest.mark.slow
def test_recipe_of_a_new_plugin_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "plugin", "my_idea", "--slot", "source"]) == 0
    assert main(["run", "my_idea.yaml", "--out", "run", "--jobs=1", "--no-figures", "--set", "train.epochs=1"]) == 0
    assert " with " in capsys.readouterr().out
    assert "with," in Path("run/summary.csv").read_text()


def test_package_has_an_entry_point(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "plugin", "my_idea", "--slot", "head", "--package"]) == 0
    assert sorted(path.name for path in Path().iterdir()) == ["my_idea"]
    project = tomllib.loads(Path("my_idea/pyproject.toml").read_text())
    assert project["project"]["entry-points"]["mpcl"] == {"my_idea": "my_idea"}
    assert main(["check", "my_idea/my_idea.yaml"]) == 0
    assert "my_idea exists" in refused("my_idea", "--slot", "head", "--package", capsys=capsys)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("My", "cannot be the name of a plugin"),
        ("a-b", "cannot be the name of a plugin"),
        ("../up", "cannot be the name of a plugin"),
        ("a__b", "cannot be the name of a plugin"),
        ("1st", "cannot be the name of a plugin"),
        ("lambda", "cannot be the name of a plugin"),
        ("a" * 41, "cannot be the name of a plugin"),
        ("json", "json.py would hide the Python module 'json'"),
        ("torch", "torch.py would hide the Python module 'torch'"),
        ("null", "cannot be the name of a plugin"),
        ("modality", "the class would be named Modality, a name that its files use already"),
        ("path", "the class would be named Path, a name that its files use already"),
        ("conv_tokens", "the name 'conv_tokens' is taken by the encoder of mpcl_plugins.encoders"),
    ],
)
def test_unusable_name_is_refused(name: str, reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert reason in refused(name, capsys=capsys)


def test_unknown_slot_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no slot named 'encodr'. The slots: encoder, fusion" in refused("x_y", "--slot", "encodr", capsys=capsys)


@pytest.mark.parametrize("existing", ["my_idea.py", "test_my_idea.py", "my_idea.yaml"])
def test_nothing_is_overwritten(existing: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(existing).write_text("mine")
    assert f"{existing} exists and is not overwritten" in refused("my_idea", capsys=capsys)
    assert Path(existing).read_text() == "mine"


@pytest.mark.parametrize("options", [(), ("--package",)])
def test_failed_write_leaves_no_file(
    options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = Path.open

    def full(self: Path, mode: str = "r", **rest: str) -> object:
        if mode == "x" and self.suffix == ".yaml":
            raise OSError(28, "No space left on device")
        return opened(self, mode, **rest)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", full)
    printed = refused("my_idea", "--slot", "encoder", *options, capsys=capsys)
    assert "my_idea.yaml cannot be written: No space left on device" in printed
