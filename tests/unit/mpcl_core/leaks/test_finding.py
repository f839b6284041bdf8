"""Findings, notes and the report of an audit."""

import json

from mpcl_core.leaks.finding import LEAK_KINDS, AuditNote, AuditReport, Finding

LATE = Finding("coded-channel (g)", ("main",), "a channel counts trials", 3, 10, ("row 1",))
EARLY = Finding("shared-row (a)", ("main", "knn"), "rows on both sides", 2, 10)
NOTE = AuditNote("transductive", ("main",), "it is declared")
UNTRIED = AuditNote("not-tried", ("main",), "a job failed")


def test_every_kind_has_its_letter_what_it_inflates_and_a_remedy() -> None:
    letters = [code.rpartition("(")[2][0] for code in LEAK_KINDS]
    assert letters == sorted(letters), "in the order of the letters"
    assert set(letters) == set("abcdefg")
    assert all(len(kind.inflates) > 20 and len(kind.remedy) > 20 for kind in LEAK_KINDS.values())


def test_findings_come_in_the_order_of_kinds_and_notes_apart() -> None:
    report = AuditReport("r", [], [NOTE, LATE, UNTRIED, EARLY])
    assert report.findings == [EARLY, LATE]
    assert report.notes == [NOTE, UNTRIED]
    assert report.unchecked == [UNTRIED]


def test_report_is_plain_values() -> None:
    found = json.loads(json.dumps(AuditReport("r", [{"grade": "leaky"}], [LATE, NOTE]).as_json()))
    assert found["leak"] is True
    assert found["studies"] == [{"grade": "leaky"}]
    assert found["findings"][0] == {
        **{"code": LATE.code, "variants": ["main"], "what": LATE.message, "rows": 3, "of": 10, "examples": ["row 1"]},
        **{"inflates": LEAK_KINDS[LATE.code].inflates, "remedy": LEAK_KINDS[LATE.code].remedy},
    }
    assert found["notices"] == [{"code": "transductive", "variants": ["main"], "what": "it is declared"}]
    assert AuditReport("r", [], [NOTE]).as_json()["leak"] is False
