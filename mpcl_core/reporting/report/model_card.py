"""The model card: what the models of a run are for, what they are not for, and what is known of their limits.

After Mitchell et al., "Model Cards for Model Reporting" (2019), in the few lines that a run can vouch for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.number_format import format_count

SIMULATED = (
    "SIMULATED DATA: no person was measured for these numbers. They show that the method and its programs do what "
    "they should on signals with a known answer, and say nothing about people."
)

PEOPLE = "Who took part, how they were chosen and what they agreed to stands with the data's authors, not in this run."

NEW_PEOPLE = ("subject-independent", "subject-independent+stimulus")

FOR = (
    "Research on methods: comparing models on the same rows and folds, repeating this run, and finding out what body "
    "signals do and do not tell about ratings. What each fold's model learnt and predicted is kept so that it can be "
    "checked; no such model is a finished product.",
)

NOT_FOR = (
    "Decisions about a person, in hiring, schooling, insurance, policing, border control or credit; lie detection; "
    "diagnosis or treatment; watching people who did not agree to it. In the European Union, inferring emotions at "
    "work and in education is prohibited outside medical and safety uses (Regulation 2024/1689, Article 5).",
)

ETHICS = (
    "What is predicted is a rating, such as how somebody filled in a questionnaire, spread over named emotions. That "
    "is not what they felt: people differ in what they notice, in what they are willing to say, and in what the words "
    "mean to them.",
    "Body signals have no fixed meaning. Warmth, movement, caffeine, illness, medication and effort move them as "
    "much as emotions do, and the same signal goes with different emotions in different people and cultures.",
    "Sensors and cameras do not work equally well for everybody: skin tone, hair, age and fit matter. Errors should "
    "be compared between groups of people before any use, and this run has not done so.",
    "Recordings of the body are sensitive and can identify a person. Ask for consent to this very use, keep as "
    "little as possible, let people look at and withdraw what is theirs, and show a prediction to the person it is "
    "about before anybody else.",
)


@dataclass(frozen=True)
class Part:
    """A heading of the card and its paragraphs."""

    heading: str
    paragraphs: Sequence[str]


def card(run: Run) -> list[Part]:
    """The card of a run, simulated data said first."""
    first = [SIMULATED] if any(study.is_simulated for study in run.studies) else []
    return [
        Part("Data", [*first, *_data(run)]),
        Part("Limits", _limits(run)),
        Part("Intended use", FOR),
        Part("Not intended", NOT_FOR),
        Part("Ethics of sensing affect", ETHICS),
    ]


def _data(run: Run) -> list[str]:
    said = [
        f"{format_count(study.n_labels, 'distinct label')} on {format_count(study.n_windows, 'window')} of "
        f"{', '.join(study.modalities)}; a label is a distribution over "
        f"{format_count(len(study.labels), 'emotion')}."
        for study in run.studies
    ]
    people = [] if all(study.is_simulated for study in run.studies) else [PEOPLE]
    return [*dict.fromkeys(said), *people]


def _limits(run: Run) -> list[str]:
    grades = list(dict.fromkeys(study.grade for study in run.studies))
    said = [f"Grade {study.grade}: {study.grade_meaning}." for study in run.studies]
    if any(grade not in NEW_PEOPLE for grade in grades):
        said.append("A number whose grade is not subject-independent is no estimate for people who were never seen.")
    said += [
        "Where a rating belongs to a whole recording, its windows share it: nothing here shows that a model follows an "
        "emotion from second to second.",
        "Devices, places, ages, languages and conditions other than those of the data are untested, and a model gives "
        "no sign of being outside what it knows.",
        "Where a variant is not clearly better than the train mean, its predictions carry no usable information "
        "about the signals.",
    ]
    return list(dict.fromkeys(said))
