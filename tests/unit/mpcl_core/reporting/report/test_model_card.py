"""The card of a run states its data and limits once, and that simulated data say nothing about people."""

from types import SimpleNamespace
from typing import Any

from mpcl_core.reporting.report.model_card import PEOPLE, SIMULATED, Part, build_card

STUDY = {
    "grade": "subject-independent",
    "grade_meaning": "nobody is on both sides",
    "n_labels": 1,
    "n_windows": 16,
    "modalities": ["eeg", "ppg"],
    "labels": ["joy", "fear"],
    "is_simulated": False,
}


def card(*studies: dict[str, Any]) -> dict[str, Part]:
    run = SimpleNamespace(studies=[SimpleNamespace(**{**STUDY, **study}) for study in studies])
    return {part.heading: part for part in build_card(run)}  # type: ignore[arg-type]


def test_data_are_counted_and_people_are_those_of_the_publication() -> None:
    assert list(card({})["Data"].paragraphs) == [
        "1 distinct label on 16 windows of eeg, ppg; a label is a distribution over 2 emotions.",
        PEOPLE,
    ]


def test_simulated_data_are_named_first() -> None:
    assert card({"is_simulated": True})["Data"].paragraphs[0] == SIMULATED
    assert PEOPLE not in card({"is_simulated": True})["Data"].paragraphs
    both = card({"is_simulated": True}, {})["Data"].paragraphs
    assert both[0] == SIMULATED
    assert both[-1] == PEOPLE


def test_what_several_studies_share_is_stated_once() -> None:
    assert card({}, {}) == card({})


def test_grade_that_says_nothing_of_new_people_is_a_limit() -> None:
    warning = "Scores whose grade is not subject-independent do not estimate the error for new people."
    assert warning not in card({})["Limits"].paragraphs
    leaky = card({"grade": "leaky", "grade_meaning": "a trial is on both sides"})["Limits"].paragraphs
    assert leaky[:2] == ["Grade leaky: a trial is on both sides.", warning]


def test_card_states_intended_and_excluded_use_and_ethics() -> None:
    assert list(card({})) == ["Data", "Limits", "Intended use", "Excluded use", "Ethics"]
