"""The documents tell the truth: their blocks run, their links lead somewhere."""

import re
import shlex
from pathlib import Path

import pytest

from conftest import ROOT
from mpcl_core import testing
from mpcl_core.cli import main
from mpcl_core.recipe.load import load
from mpcl_registry.discover import discover

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / name).read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text()):
        assert (ROOT / target).exists(), target


def test_the_first_block_sets_up_and_runs_and_ci_runs_the_second() -> None:
    first, second, *_ = blocks("README.md", "sh")
    for block in (first, second):
        assert block.startswith("python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e ")
        assert block.count("\n") == 1
    assert "python -m mpcl_core run examples/recipes/" in first
    assert (ROOT / first.split()[-1]).is_file()
    assert second.rstrip().endswith("-m pytest")
    assert "constraints.txt" in second


def test_the_readme_recipe_is_right_and_its_mistake_is_met_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (block,) = blocks("README.md", "yaml")
    Path("my-study.yaml").write_text(block)
    assert list(load(Path("my-study.yaml")).variants) == ["full", "no_memory", "eeg_only", "leaky"]
    options = ["--set", "source.subjects=3", "--set", "source.trials=5", "--set", "source.seconds=12"]
    assert main(["check", "my-study.yaml", *options]) == 0
    Path("my-study.yaml").write_text(block.replace("channel_tokens", "chanel_tokens"))
    capsys.readouterr()
    assert main(["check", "my-study.yaml"]) == 2
    (shown,) = re.findall(r"^my-study\.yaml:.*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert capsys.readouterr().err.startswith(shown.removesuffix(" …"))


def test_the_commands_of_the_readme_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my-study.yaml").write_text(blocks("README.md", "yaml")[0])
    lines = [line for block in blocks("README.md", "sh") for line in block.splitlines()]
    commands = [shlex.split(line, comments=True)[3:] for line in lines if line.startswith("python -m mpcl_core")]
    assert len(commands) >= 5
    for command in commands:
        if command[0] in ("list", "show"):
            assert main(command) == 0
            assert capsys.readouterr().out


def test_the_plugin_of_the_guide_keeps_the_contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (source,) = blocks("CONTRIBUTING.md", "python")
    path = tmp_path / "moments.py"
    path.write_text(source)
    found = discover([path], entries=()).catalog.find("encoder", "moments")
    assert found is not None
    assert testing.failures(found) == {}
    quick = ROOT / "examples" / "recipes" / "mpcl.yaml"
    (option,) = re.findall(r"--set (streams\S+moments)", (ROOT / "CONTRIBUTING.md").read_text())
    small = [f"--set={x}" for x in ("source.subjects=3", "source.trials=3", "source.seconds=12", "train.epochs=1")]
    monkeypatch.chdir(tmp_path)
    assert main(["run", str(quick), "--plugin", str(path), "--set", option, "--jobs=1", *small]) == 0
    assert "main" in capsys.readouterr().out
    (recipe,) = blocks("CONTRIBUTING.md", "yaml")
    (tmp_path / "r.yaml").write_text(f"extends: {quick}\nname: r\n{recipe}")
    assert list(load(tmp_path / "r.yaml").plugins) == [path]
