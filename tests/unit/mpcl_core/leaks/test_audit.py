"""Observations of several variants are merged, study by study."""

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from mpcl_core.leaks import audit
from mpcl_core.leaks.finding import AuditNote, Finding


def test_equal_observations_name_every_variant_once(monkeypatch: pytest.MonkeyPatch) -> None:
    observed = [
        Finding("shared-row (a)", ("a",), "2 rows", 2, 10),
        Finding("shared-row (a)", ("b", "a"), "2 rows", 2, 10),
        Finding("shared-row (a)", ("c",), "3 rows", 3, 10),
        AuditNote("transductive", ("a",), "2 rows"),
    ]
    monkeypatch.setattr(audit, "plan_job_experiments", lambda *_: SimpleNamespace(variants=("a",)))
    monkeypatch.setattr(audit, "check_study", lambda *_: iter(observed))
    study: Any = SimpleNamespace(variants=("a", "b"), grade="leaky", windows=range(10), folds=range(3))
    report = audit.audit_studies("r", [study], {}, 0, partial(lambda: None), (), lambda _: None)  # type: ignore[arg-type]
    assert [each.variants for each in report.observations] == [("a", "b"), ("c",), ("a",)]
    assert report.studies == [{"variants": ["a", "b"], "tried": ["a"], "grade": "leaky", "rows": 10, "folds": 3}]
