"""Build the model card of a run: data, limits, intended use, excluded use and ethics.

It follows Mitchell et al., "Model Cards for Model Reporting" (2019), as far as a run contains the information.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.number_format import format_count

SIMULATED = (
    "SIMULATED DATA: no person was measured for these numbers. They show whether the method and its implementation "
    "work on signals with a known answer, and say nothing about people."
)

PEOPLE = (
    "This run does not record who took part, how participants were recruited and what they consented to; see the "
    "publication of the data."
)

NEW_PEOPLE = ("subject-independent", "subject-independent+stimulus")

INTENDED_USE = (
    "Research on methods: comparing models on the same windows and folds, repeating this run, and studying what body "
    "signals reveal about ratings and what they do not. The weights and predictions of each fold are stored so that "
    "they can be checked; none of these models is a finished product.",
)

EXCLUDED_USE = (
    "Decisions about a person, in hiring, schooling, insurance, policing, border control or credit; lie detection; "
    "diagnosis or treatment; monitoring people without their consent. In the European Union, inferring emotions at "
    "work and in education is prohibited outside medical and safety uses (Regulation 2024/1689, Article 5).",
)

ETHICS = (
    "The models predict a rating, for example the answers to a questionnaire, as a distribution over named emotions. A "
    "rating is not what a person felt: people differ in what they notice, in what they are willing to report, and in "
    "what the words mean to them.",
    "Body signals have no fixed meaning. Warmth, movement, caffeine, illness, medication and effort change them as "
    "much as emotions do, and the same signal occurs with different emotions in different people and cultures.",
    "Sensors and cameras do not work equally well for everybody: skin tone, hair, age and fit matter. Errors should "
    "be compared between groups of people before any use; this run has not done so.",
    "Recordings of the body are sensitive and can identify a person. Ask for consent to the specific use, store as "
    "little as possible, let people inspect and withdraw their data, and show a prediction to the person it is about "
    "before anybody else.",
)


@dataclass(frozen=True)
class Part:
    """Hold a heading of the card and its paragraphs."""

    heading: str
    paragraphs: Sequence[str]


def build_card(run: Run) -> list[Part]:
    """Build the model card of a run.

    Args:
        run: the run.

    Returns:
        The parts of the card; a notice on simulated data is first.
    """
    first = [SIMULATED] if any(study.is_simulated for study in run.studies) else []
    return [
        Part("Data", [*first, *_describe_data(run)]),
        Part("Limits", _list_limits(run)),
        Part("Intended use", INTENDED_USE),
        Part("Excluded use", EXCLUDED_USE),
        Part("Ethics", ETHICS),
    ]


def _describe_data(run: Run) -> list[str]:
    paragraphs = [
        f"{format_count(study.n_labels, 'distinct label')} on {format_count(study.n_windows, 'window')} of "
        f"{', '.join(study.modalities)}; a label is a distribution over "
        f"{format_count(len(study.labels), 'emotion')}."
        for study in run.studies
    ]
    people = [] if all(study.is_simulated for study in run.studies) else [PEOPLE]
    return [*dict.fromkeys(paragraphs), *people]


def _list_limits(run: Run) -> list[str]:
    paragraphs = [f"Grade {study.grade}: {study.grade_meaning}." for study in run.studies]
    if any(study.grade not in NEW_PEOPLE for study in run.studies):
        paragraphs.append("Scores whose grade is not subject-independent do not estimate the error for new people.")
    paragraphs += [
        "If a rating belongs to an entire recording, all its windows have the same label: the scores do not show that "
        "a model follows an emotion from second to second.",
        "Devices, places, ages, languages and conditions other than those of the data are untested. A prediction "
        "is flagged where a modality is absent or far outside the range of the training data, and not where it differs "
        "otherwise.",
        "If a variant is not clearly better than the train mean, its predictions contain no usable information from "
        "the signals.",
    ]
    return list(dict.fromkeys(paragraphs))
