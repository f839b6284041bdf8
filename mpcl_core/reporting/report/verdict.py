"""Answer the questions that a reader of a study asks first: is it better than the mean, for whom, may I believe it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan

from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.statistics.pairs import PairedTest
from mpcl_core.evaluation.statistics.ranks import ALPHA
from mpcl_core.reporting.number_format import format_count, format_signed, state_p
from mpcl_core.reporting.report.table import format_interval
from mpcl_core.reporting.tables.notes import ENOUGH_SUBJECTS
from mpcl_core.runs.manifest import StudyManifest

YES, NO, OPEN = "yes", "no", "open"
"""The tones of an answer; the page shows them as a word and a colour."""

ENOUGH_SEEDS = 3
"""Number of seeds from which on the spread between trainings shows."""


@dataclass(frozen=True)
class Answer:
    """Hold the answer to one question.

    Args:
        question: the question.
        answer: the answer in a few words.
        tone: ``yes``, ``no`` or ``open``.
        reasons: what it rests on, a sentence each.
    """

    question: str
    answer: str
    tone: str
    reasons: Sequence[str]


def build_verdict(run: Run, study: StudyManifest, name: str, mean: str | None, warnings: Sequence[str]) -> list[Answer]:
    """Build the answers for the headline variant of a study.

    Args:
        run: the run.
        study: the study.
        name: the headline variant.
        mean: the baseline ``mean``; None where there is none.
        warnings: what weakens the claim.

    Returns:
        Three answers; one where the run has no other train mean to compare with.
    """
    score = run.numbers[name, KL]
    if mean is None or mean == name:
        reasons = [f"'{name}' has a KL of {_format_kl(run, name)}."]
        text = "No train mean to compare with" if mean is None else "This is the train mean"
        return [Answer("Is it better than the mean?", text, OPEN, reasons), _trust(run, study, name, None, warnings)]
    test = run.paired_test(name, mean)
    gap = score.mean - run.numbers[mean, KL].mean
    return [
        _better(run, name, mean, gap, test),
        _people(gap, test),
        _trust(run, study, name, test, warnings),
    ]


def _better(run: Run, name: str, mean: str, gap: float, test: PairedTest | None) -> Answer:
    has_several = len(run.own_variants) > 1
    first = ", the recipe's first variant of this grade," if has_several else ""
    reasons = [
        f"'{name}'{first} has a KL of {_format_kl(run, name)}; the train mean, which uses no signals, has "
        f"{_format_kl(run, mean)} on the same folds. Lower is better."
    ]
    if gap >= 0:
        return Answer("Is it better than the mean?", f"No: {gap:z.4f} nats above it", NO, reasons)
    if _is_significant(test):
        return Answer("Is it better than the mean?", f"Yes: {-gap:z.4f} nats below it", YES, reasons)
    return Answer("Is it better than the mean?", f"Not shown: {-gap:z.4f} nats below it", OPEN, reasons)


def _people(gap: float, test: PairedTest | None) -> Answer:
    question = "For how many people?"
    if test is None:
        return Answer(question, "Unknown", OPEN, ["This run has no paired test, so a difference is not a finding."])
    reasons = []
    if not isnan(test.low):
        interval = f"[{format_signed(test.low)}, {format_signed(test.high)}]"
        reasons.append(f"The mean difference over subjects has the 95 % interval {interval}.")
    tone = YES if 2 * test.wins > test.n_subjects and gap < 0 else NO
    return Answer(question, f"{test.wins} of {test.n_subjects}", tone, reasons)


def _trust(run: Run, study: StudyManifest, name: str, test: PairedTest | None, warnings: Sequence[str]) -> Answer:
    question = "May I believe it?"
    reasons = [f"Grade {study.grade}: {study.grade_meaning}.", *_describe_test(test), *_weak_points(run, name)]
    if study.grade == "leaky":
        return Answer(question, "No: labels leak into training", NO, reasons)
    if study.is_simulated:
        return Answer(question, "Only about the simulation", OPEN, reasons)
    if not _is_significant(test):
        return Answer(question, "Not yet: it could be chance", OPEN, reasons)
    few = warnings or run.numbers[name, KL].n_subjects < ENOUGH_SUBJECTS
    return Answer(question, "With care" if few else "Yes, within its grade", OPEN if few else YES, reasons)


def _describe_test(test: PairedTest | None) -> Iterator[str]:
    if test is None:
        return
    if isnan(test.p_holm):
        yield f"There is no p-value: {test.note}."
    else:
        family = format_count(test.family, "test")
        yield f"Wilcoxon's signed-rank test over subjects: {state_p(test.p_holm)} after Holm's correction for {family}."


def _weak_points(run: Run, name: str) -> Iterator[str]:
    score = run.numbers[name, KL]
    if not score.n_subjects:
        yield "The subjects are unknown, so nothing is said about new people."
    elif score.n_subjects < ENOUGH_SUBJECTS:
        yield f"{format_count(score.n_subjects, 'subject')}: intervals over so few are too narrow."
    if not run.is_network(name):
        return
    if score.n_seeds < ENOUGH_SEEDS:
        yield f"{format_count(score.n_seeds, 'seed')}: another seed may change the finding."
    epochs = [lines[-1]["epochs"] for lines in run.journals(name) if lines and "epochs" in lines[-1]]
    if untrained := epochs.count(0):
        yield (
            f"In {untrained} of {format_count(len(epochs), 'job')} the untrained network was best on the validation "
            "windows, so these jobs learnt nothing."
        )


def _is_significant(test: PairedTest | None) -> bool:
    return test is not None and test.difference < 0 and test.p_holm < ALPHA


def _format_kl(run: Run, name: str) -> str:
    score = run.numbers[name, KL]
    interval = format_interval(score)
    return f"{score.mean:z.4f} nats" + (f" (95 % interval {interval})" if interval else "")
