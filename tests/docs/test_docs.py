"""The documents tell the truth: their blocks run, their links lead somewhere."""

import re
import shlex
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from mpcl_core import testing
from mpcl_core.cli.main import main
from mpcl_core.recipe.load import load
from mpcl_registry.discover import discover
from support.code_blocks import blocks
from support.paths import ROOT

DOCUMENTS = [
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md"),
    *("examples/respiration/README.md", "examples/eye_tracking/README.md"),
]


def commands(block: str) -> list[list[str]]:
    return [shlex.split(line, comments=True) for line in block.splitlines()]


FIVE, BY_FILE, PACKAGE, SCHEMA, DEVELOP, REFERENCE = map(commands, blocks("CONTRIBUTING.md", "sh"))
"""Every block of commands of the guide; a new one needs a test that runs it."""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text()):
        assert ((ROOT / name).parent / target).exists(), target


def test_the_first_block_sets_up_and_runs_and_ci_runs_the_second() -> None:
    first, second, *_ = blocks("README.md", "sh")
    for block in (first, second):
        assert block.startswith("python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e ")
        assert block.count("\n") == 1
    assert first.rstrip().endswith(".venv/bin/mpcl run quick-start")
    assert second.rstrip().endswith("-m pytest")
    assert "constraints.txt" in second


@pytest.mark.slow
def test_readme_recipe_is_valid_and_its_mistake_gives_the_printed_message(
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
    (displayed,) = re.findall(r"^my-study\.yaml:.*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert capsys.readouterr().err.startswith(displayed.removesuffix(" …"))


def test_the_commands_of_the_readme_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("my-study.yaml").write_text(blocks("README.md", "yaml")[0])
    lines = [line for block in blocks("README.md", "sh") for line in block.splitlines()]
    commands = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("mpcl ")]
    assert len(commands) >= 5
    for command in commands:
        if command[0] in ("list", "show") and command[1] != "runs":  # there is no run here
            assert main(command) == 0
            assert capsys.readouterr().out


def mpcl(command: list[str], *options: str) -> int:
    """Run ``mpcl …`` here."""
    assert command[0] == "mpcl"
    return main([*command[1:], *options])


@pytest.fixture
def moments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the first command of the guide writes."""
    monkeypatch.chdir(tmp_path)
    assert mpcl(FIVE[0]) == 0
    return tmp_path


@pytest.mark.slow
def test_the_plugin_of_the_guide_is_what_the_first_command_writes(moments: Path) -> None:
    (source,) = blocks("CONTRIBUTING.md", "python")
    assert (moments / "moments.py").read_text() == source
    found = discover([moments / "moments.py"], entries=()).catalog.find("encoder", "moments")
    assert found is not None
    assert testing.failures(found) == {}


@pytest.mark.slow
def test_five_commands_lead_from_a_new_plugin_to_a_table(moments: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("mpcl_core.testing.contract")
    _, contract, tests, check, run = FIVE
    assert mpcl(contract) == 0
    done = subprocess.run([sys.executable, *tests[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert mpcl(check) == 0
    assert mpcl(run, "--jobs=1", "--no-figures") == 0
    assert re.search(r"^ with  ", capsys.readouterr().out, re.MULTILINE)


@pytest.mark.slow
def test_a_plugin_is_named_by_an_option_or_in_the_recipe(moments: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed, run = BY_FILE
    assert mpcl(listed) == 0
    assert "moments" in capsys.readouterr().out
    small = [f"--set={x}" for x in ("source.subjects=3", "source.trials=3", "source.seconds=12", "train.epochs=1")]
    assert mpcl(run, "--jobs=1", "--no-figures", *small) == 0
    assert "main" in capsys.readouterr().out
    (recipe,) = blocks("CONTRIBUTING.md", "yaml")
    Path("r.yaml").write_text(f"extends: mpcl\nname: r\n{recipe}")
    assert list(load(Path("r.yaml")).plugins) == [Path.cwd() / "moments.py"]


@pytest.mark.slow
def test_an_installed_package_is_found_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new, install, listed = PACKAGE
    monkeypatch.chdir(tmp_path)
    assert mpcl(new) == 0
    assert install == ["python", "-m", "pip", "install", "./pulse"]
    python = environment(tmp_path / "env")

    def call(*command: str) -> str:
        done = subprocess.run([python, *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    call(*install[1:], "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    (row,) = [line for line in call("-m", "mpcl_core", *listed[1:]).splitlines() if "pulse" in line]
    assert row.split()[:2] == ["encoder", "pulse"]
    assert row.split()[-1] == "pulse", "the owner is the entry point"
    call("-m", "mpcl_core", "check", "pulse/pulse.yaml")  # which names the file too


def environment(folder: Path) -> Path:
    """A virtual environment of its own, which sees what is installed here and installs nothing of it again."""
    venv.create(folder, symlinks=True)
    ours = {"base": str(folder), "platbase": str(folder)}
    own = Path(sysconfig.get_path("purelib", "venv", ours))
    (own / "ours.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    return Path(sysconfig.get_path("scripts", "venv", ours)) / Path(sys.executable).name


@pytest.mark.slow
def test_the_other_commands_of_the_guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert mpcl(*SCHEMA) == 0
    assert Path("recipe.schema.json").is_file()
    setup, quick, complete = blocks("CONTRIBUTING.md", "sh")[4].splitlines()
    assert setup in blocks("README.md", "sh")[1], "the README sets up in the same way"
    assert [quick.split()[:3], complete.split()[:3]] == [[".venv/bin/python", "-m", "pytest"]] * 2
    (reference,) = REFERENCE
    assert reference[-2:] == [">", "docs/components.md"], "test_reference.py holds it against the components"
    assert mpcl(reference[:-2]) == 0
