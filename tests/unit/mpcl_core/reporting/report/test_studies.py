"""Titles of tables state the grade, and the variants where there are several studies."""

from types import SimpleNamespace
from typing import Any

from mpcl_core.reporting.report.studies import describe_study

STUDY: Any = SimpleNamespace(grade="leaky", variants=["main", "knn"])


def run(studies: int, own: list[str]) -> Any:
    return SimpleNamespace(studies=[STUDY] * studies, own_variants=own)


def test_one_study_is_named_by_its_grade() -> None:
    assert describe_study(run(1, ["main"]), STUDY) == "grade leaky"


def test_several_studies_are_named_by_their_own_variants() -> None:
    assert describe_study(run(2, ["main", "other"]), STUDY) == "grade leaky (main)"
    assert describe_study(run(2, ["other"]), STUDY) == "grade leaky (main, knn)"
