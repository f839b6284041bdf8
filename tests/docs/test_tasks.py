"""The task runner, the hooks and the workflow name the same commands and files that exist."""

import sys
import tomllib

import pytest
import yaml

import tasks
from support.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


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
