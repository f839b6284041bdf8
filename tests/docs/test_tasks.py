"""The task runner, the hooks and the workflow name the same commands and files that exist."""

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import tasks
from support.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CUDA = ("cuda-", "nvidia-", "triton")
"""How names begin that torch's build for CUDA requires; torch states their versions itself."""


def test_every_task_is_listed_by_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        tasks.main(["--help"])
    assert ended.value.code == 0
    displayed = capsys.readouterr().out
    assert [name for name in tasks.TASKS if f"\n  {name} " not in displayed] == []


def test_unknown_task_is_refused() -> None:
    with pytest.raises(SystemExit) as ended:
        tasks.main(["paint"])
    assert ended.value.code == 2


def test_tasks_run_in_order_and_stop_at_the_first_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    python = sys.executable
    failing, passing = [python, "-c", "raise SystemExit(3)"], [python, "-c", ""]
    monkeypatch.setattr(tasks, "TASKS", {"lint": ("", [passing, failing]), "types": ("", [["absent"]])})
    assert tasks.main(["lint", "types"]) == 3


def test_pre_commit_runs_the_commands_of_lint_and_types() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    hooks = {hook["entry"].split()[0] for repo in config["repos"] for hook in repo["hooks"]}
    assert hooks == {command[0] for name in ("lint", "types") for command in tasks.TASKS[name][1]}


def test_workflow_covers_the_supported_versions_and_systems() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    matrix = jobs["tests"]["strategy"]["matrix"]
    assert matrix["python"] == ["3.11", "3.12", "3.13"]
    assert PROJECT["project"]["requires-python"] == ">=3.11"
    assert matrix["os"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "tasks.py" in step.get("run", "")]
    assert {name for command in commands for name in command.split()[2:]} <= set(tasks.TASKS)


def test_issue_forms_and_citation_are_valid_yaml_and_name_the_version() -> None:
    for form in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"):
        assert yaml.safe_load(form.read_text())
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == PROJECT["project"]["version"]


def test_every_pinned_name_is_pinned_once() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    names = [line.split("==")[0].lower().replace("_", "-") for line in lines]
    assert len(names) == len(set(names))
    assert all(line.count("==") == 1 and "+" not in line for line in lines)


def test_everything_that_an_extra_installs_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {canonicalize_name(line.split("==")[0]) for line in lines if not line.startswith("#")}
    project = PROJECT["project"]
    pending = [Requirement(text) for text in project["dependencies"]]
    pending += [Requirement(text) for extra in project["optional-dependencies"].values() for text in extra]
    found: set[tuple[str, str]] = set()
    while pending:
        required = pending.pop()
        for extra in ("", *required.extras):
            if (key := (canonicalize_name(required.name), extra)) not in found and key[0] != project["name"]:
                found.add(key)
                pending += _requirements(required.name, extra)
    assert sorted(name for name in {name for name, _ in found} - pinned if not name.startswith(CUDA)) == []


def _requirements(name: str, extra: str) -> list[Requirement]:
    """What an installed package requires here; nothing of one that is not installed."""
    try:
        stated = map(Requirement, requires(name) or ())
    except PackageNotFoundError:
        return []
    return [each for each in stated if each.marker is None or each.marker.evaluate({"extra": extra})]
