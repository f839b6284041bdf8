"""``mpcl audit`` prints findings with effect and remedy; its exit code is 1 for a leak and for what was not audited."""

import json
from typing import Any

import pytest

from mpcl_core.app import auditing
from mpcl_core.cli.main import main
from mpcl_core.leaks.finding import AuditNote, AuditReport, Finding

STUDIES = [{"variants": ["main"], "rows": 12, "folds": 2, "grade": "leaky", "tried": ["main"]}]
LEAK = Finding("shared-row (a)", ("main",), "3 windows are on both sides", 3, 12, ("s1, t1",))


def audited(monkeypatch: pytest.MonkeyPatch, *observations: Any) -> None:
    report = AuditReport("study", STUDIES, list(observations))
    monkeypatch.setattr(auditing, "audit", lambda *_: report)


def test_finding_is_printed_with_its_effect_and_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    audited(monkeypatch, LEAK, AuditNote("tried", (), "nothing else"))
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["audit", "mpcl"]) == 1
    printed = capsys.readouterr().out
    for part in (
        "3 of 12",
        "main: 3 windows are on both sides.",
        "s1, t1",
        "Effect: ",
        "Remedy: ",
        "Note: tried: nothing else.",
    ):
        assert part in printed
    assert "study: 1 leak found" in printed


def test_recipe_without_findings_has_exit_code_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    audited(monkeypatch)
    assert main(["audit", "mpcl"]) == 0
    assert "study: 0 leaks found" in capsys.readouterr().out


def test_findings_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    audited(monkeypatch, LEAK)
    assert main(["audit", "mpcl", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["leak"]
    assert found["findings"][0]["code"] == "shared-row (a)"
